"""Cases and right ones per kind of evidence, counted by `python -m tests.engine.match_precision`.

One line per cell: source|fit|reference|payer|doubt|cases|right. Generated; do not edit.
"""

COUNTS = """
amount|full|none|loose|plain|11|11 amount|full|none|unknown|clear|752|752
amount|full|none|unknown|contradicts|24|22 amount|full|none|unknown|named_by_others|68|8
amount|full|none|unknown|plain|806|594 amount|full|none|unknown|rival|745|148
amount|full|none|unknown|unknown_number|267|249 payer|balance|none|close|clear|768|766
payer|balance|none|close|named_by_others|25|25 payer|balance|none|close|plain|79|78
payer|balance|none|close|unknown_number|67|67 payer|balance|none|known|clear|2331|2329
payer|balance|none|known|contradicts|18|18 payer|balance|none|known|named_by_others|59|59
payer|balance|none|known|plain|250|250 payer|balance|none|known|unknown_number|174|174
payer|balance|none|loose|clear|794|794 payer|balance|none|loose|named_by_others|28|28
payer|balance|none|loose|names_other|45|45 payer|balance|none|loose|plain|52|52
payer|balance|none|loose|unknown_number|58|58 payer|balance|none|related|clear|16|16
payer|discount|none|close|clear|348|348 payer|discount|none|close|unknown_number|24|24
payer|discount|none|known|clear|854|854 payer|discount|none|known|contradicts|21|21
payer|discount|none|known|unknown_number|86|86 payer|discount|none|loose|clear|254|254
payer|discount|none|loose|names_other|13|13 payer|discount|none|loose|unknown_number|34|34
payer|fee|none|close|clear|348|343 payer|fee|none|close|contradicts|16|10
payer|fee|none|close|plain|36|36 payer|fee|none|close|twin|12|4
payer|fee|none|close|unknown_number|122|115 payer|fee|none|known|clear|946|920
payer|fee|none|known|contradicts|57|50 payer|fee|none|known|named_by_others|16|8
payer|fee|none|known|plain|122|115 payer|fee|none|known|twin|42|19
payer|fee|none|known|unknown_number|336|312 payer|fee|none|loose|clear|315|300
payer|fee|none|loose|names_other|27|16 payer|fee|none|loose|plain|44|42
payer|fee|none|loose|rival|10|5 payer|fee|none|loose|twin|16|11
payer|fee|none|loose|unknown_number|120|104 payer|full|none|close|clear|829|829
payer|full|none|close|contradicts|16|16 payer|full|none|close|named_by_others|8|8
payer|full|none|close|names_other|17|16 payer|full|none|close|plain|919|918
payer|full|none|close|rival|9|7 payer|full|none|close|twin|21|12
payer|full|none|close|unknown_number|107|107 payer|full|none|known|clear|2288|2288
payer|full|none|known|contradicts|48|47 payer|full|none|known|named_by_others|31|21
payer|full|none|known|plain|2682|2647 payer|full|none|known|twin|66|39
payer|full|none|known|unknown_number|348|345 payer|full|none|loose|clear|739|739
payer|full|none|loose|contradicts|10|10 payer|full|none|loose|names_other|77|73
payer|full|none|loose|plain|846|834 payer|full|none|loose|rival|9|3
payer|full|none|loose|twin|24|16 payer|full|none|loose|unknown_number|112|110
payer|full|none|related|plain|10|9 payer|full|none|related|unknown_number|25|25
payer|full|none|unknown|clear|9|9 payer|full|none|unknown|plain|12|12
payer|full_set|none|close|clear|1272|1269 payer|full_set|none|close|crowded|562|557
payer|full_set|none|close|named_by_others|69|68 payer|full_set|none|close|names_other|15|15
payer|full_set|none|close|plain|134|134 payer|full_set|none|close|rival|184|155
payer|full_set|none|close|unknown_number|145|143 payer|full_set|none|known|clear|3673|3665
payer|full_set|none|known|contradicts|63|54 payer|full_set|none|known|crowded|1994|1951
payer|full_set|none|known|named_by_others|213|190 payer|full_set|none|known|names_other|9|6
payer|full_set|none|known|plain|344|342 payer|full_set|none|known|rival|548|458
payer|full_set|none|known|unknown_number|312|312 payer|full_set|none|loose|clear|1195|1195
payer|full_set|none|loose|contradicts|11|11 payer|full_set|none|loose|crowded|523|504
payer|full_set|none|loose|named_by_others|82|82 payer|full_set|none|loose|names_other|60|60
payer|full_set|none|loose|plain|102|98 payer|full_set|none|loose|rival|158|116
payer|full_set|none|loose|unknown_number|151|150 payer|full_set|none|related|clear|17|17
payer|fx|none|close|unknown_number|10|10 payer|fx|none|known|unknown_number|19|19
payer|late_discount|none|close|clear|55|55 payer|late_discount|none|close|contradicts|9|9
payer|late_discount|none|close|unknown_number|86|85 payer|late_discount|none|known|clear|159|158
payer|late_discount|none|known|contradicts|20|20
payer|late_discount|none|known|unknown_number|229|229 payer|late_discount|none|loose|clear|52|51
payer|late_discount|none|loose|unknown_number|69|68 payer|oldest|none|close|clear|106|81
payer|oldest|none|close|contradicts|50|12 payer|oldest|none|close|named_by_others|150|4
payer|oldest|none|close|rival|2165|325 payer|oldest|none|close|unknown_number|66|40
payer|oldest|none|known|clear|330|194 payer|oldest|none|known|contradicts|133|25
payer|oldest|none|known|named_by_others|760|21 payer|oldest|none|known|plain|41|4
payer|oldest|none|known|rival|6478|864 payer|oldest|none|known|unknown_number|276|173
payer|oldest|none|loose|clear|49|36 payer|oldest|none|loose|contradicts|30|5
payer|oldest|none|loose|named_by_others|163|31 payer|oldest|none|loose|names_other|62|0
payer|oldest|none|loose|rival|1704|242 payer|oldest|none|loose|unknown_number|55|32
payer|oldest|none|related|named_by_others|12|0 payer|oldest|none|related|rival|51|2
payer|refund|none|close|clear|45|45 payer|refund|none|known|clear|111|111
payer|refund|none|known|unknown_number|24|24 payer|refund|none|loose|clear|34|34
reference|completed|named|close|clear|1992|1992 reference|completed|named|known|clear|5718|5717
reference|completed|named|known|rival|63|56 reference|completed|named|loose|clear|1949|1947
reference|completed|named|loose|rival|11|11 reference|completed|named|other|clear|11|11
reference|completed|named|related|clear|27|27 reference|completed|named|unknown|clear|1497|1497
reference|completed|named|unknown|rival|16|14 reference|credit|named|close|clear|266|266
reference|credit|named|close|stated|380|380 reference|credit|named|known|clear|690|690
reference|credit|named|known|stated|1086|1086 reference|credit|named|loose|clear|232|232
reference|credit|named|loose|stated|382|382 reference|credit|named|related|clear|8|8
reference|credit|named|related|stated|10|10 reference|credit|named|unknown|clear|246|246
reference|credit|named|unknown|stated|350|350 reference|credit|named|unknown|unknown_line|8|8
reference|credit|near|close|stated|48|48 reference|credit|near|known|named_by_others|10|10
reference|credit|near|known|stated|132|132 reference|credit|near|loose|stated|32|32
reference|credit|near|unknown|stated|46|46 reference|credit|none|close|stated|40|40
reference|credit|none|known|stated|110|110 reference|credit|none|loose|stated|38|38
reference|deduction|named|close|clear|68|68 reference|deduction|named|close|slip|182|182
reference|deduction|named|close|stated|367|367 reference|deduction|named|known|clear|219|219
reference|deduction|named|known|slip|439|439 reference|deduction|named|known|stated|994|991
reference|deduction|named|known|unknown_number|21|20 reference|deduction|named|loose|clear|66|66
reference|deduction|named|loose|slip|148|147 reference|deduction|named|loose|stated|358|355
reference|deduction|named|other|several_customers|15|15 reference|deduction|named|other|slip|8|0
reference|deduction|named|other|stated|9|6 reference|deduction|named|unknown|clear|73|66
reference|deduction|named|unknown|several_customers|15|15
reference|deduction|named|unknown|slip|167|156 reference|deduction|named|unknown|stated|337|324
reference|deduction|near|close|stated|40|28 reference|deduction|near|known|stated|91|57
reference|deduction|near|loose|stated|22|16 reference|discount|named|close|clear|506|506
reference|discount|named|close|stated|732|732 reference|discount|named|known|clear|1335|1335
reference|discount|named|known|stated|2075|2075 reference|discount|named|loose|clear|460|460
reference|discount|named|loose|stated|768|768 reference|discount|named|related|stated|12|12
reference|discount|named|unknown|clear|419|419 reference|discount|named|unknown|stated|670|670
reference|discount|near|close|stated|36|36 reference|discount|near|known|stated|110|110
reference|discount|near|loose|stated|41|41 reference|discount|none|close|stated|40|40
reference|discount|none|known|stated|112|112 reference|discount|none|loose|stated|34|34
reference|far_over|named|close|unknown_number|33|19 reference|far_over|named|known|rival|15|0
reference|far_over|named|known|unknown_number|99|60
reference|far_over|named|loose|unknown_number|37|14 reference|far_over|named|unknown|clear|14|3
reference|far_over|named|unknown|rival|8|0 reference|far_over|named|unknown|slip|25|7
reference|far_over|named|unknown|stated|23|0
reference|far_over|named|unknown|unknown_number|115|97
reference|far_over_set|named|close|slip|12|7
reference|far_over_set|named|close|unknown_number|77|59
reference|far_over_set|named|known|slip|33|20 reference|far_over_set|named|known|stated|12|8
reference|far_over_set|named|known|unknown_number|237|175
reference|far_over_set|named|loose|slip|20|13 reference|far_over_set|named|loose|stated|12|10
reference|far_over_set|named|loose|unknown_number|117|93
reference|far_over_set|named|other|several_customers|68|34
reference|far_over_set|named|unknown|rival|35|23
reference|far_over_set|named|unknown|several_customers|36|19
reference|far_over_set|named|unknown|slip|12|10
reference|far_over_set|named|unknown|stated|66|46
reference|far_over_set|named|unknown|unknown_line|9|4
reference|far_over_set|named|unknown|unknown_number|141|124
reference|far_over_set|near|known|named_by_others|29|27
reference|far_over_set|near|known|stated|12|9 reference|far_over_set|near|unknown|stated|14|11
reference|fee|named|close|clear|105|105 reference|fee|named|close|slip|631|631
reference|fee|named|close|stated|530|530 reference|fee|named|close|unknown_number|23|23
reference|fee|named|known|clear|301|301 reference|fee|named|known|slip|1789|1788
reference|fee|named|known|stated|1404|1404 reference|fee|named|known|unknown_number|67|67
reference|fee|named|loose|clear|92|92 reference|fee|named|loose|slip|611|611
reference|fee|named|loose|stated|458|458 reference|fee|named|loose|unknown_number|27|27
reference|fee|named|other|slip|10|10 reference|fee|named|unknown|clear|228|227
reference|fee|named|unknown|slip|451|451 reference|fee|named|unknown|stated|476|476
reference|fee|named|unknown|unknown_number|21|21 reference|fee_set|named|unknown|slip|8|7
reference|full|named|close|clear|2910|2910 reference|full|named|close|stated|4523|4523
reference|full|named|close|unknown_line|44|43 reference|full|named|known|clear|7915|7915
reference|full|named|known|stated|12369|12366 reference|full|named|known|unknown_line|103|103
reference|full|named|loose|clear|2684|2684 reference|full|named|loose|stated|4125|4123
reference|full|named|loose|unknown_line|27|27 reference|full|named|other|clear|675|675
reference|full|named|other|rival|21|21 reference|full|named|other|stated|1306|1306
reference|full|named|related|clear|630|630 reference|full|named|related|stated|1364|1364
reference|full|named|unknown|clear|2542|2542 reference|full|named|unknown|stated|3927|3926
reference|full|named|unknown|unknown_line|139|139 reference|full|near|close|clear|173|173
reference|full|near|close|stated|284|284 reference|full|near|known|clear|537|534
reference|full|near|known|rival|11|11 reference|full|near|known|stated|730|730
reference|full|near|loose|clear|151|150 reference|full|near|loose|rival|14|14
reference|full|near|loose|stated|225|225 reference|full|near|other|clear|120|112
reference|full|near|related|clear|29|29 reference|full|near|related|stated|90|90
reference|full|near|unknown|clear|166|163 reference|full|near|unknown|rival|24|24
reference|full|near|unknown|stated|222|221 reference|full|none|close|stated|252|251
reference|full|none|known|rival|13|8 reference|full|none|known|stated|665|662
reference|full|none|loose|rival|18|15 reference|full|none|loose|stated|184|182
reference|full|none|related|stated|60|60 reference|full_set|named|close|clear|3228|3228
reference|full_set|named|close|stated|5321|5321
reference|full_set|named|close|unknown_line|79|79 reference|full_set|named|known|clear|9395|9395
reference|full_set|named|known|stated|13653|13653
reference|full_set|named|known|unknown_line|247|247
reference|full_set|named|loose|clear|2965|2965 reference|full_set|named|loose|stated|4705|4705
reference|full_set|named|loose|unknown_line|51|51 reference|full_set|named|other|clear|16|16
reference|full_set|named|other|rival|8|8 reference|full_set|named|other|stated|48|48
reference|full_set|named|other|unknown_line|29|27 reference|full_set|named|related|clear|27|27
reference|full_set|named|related|stated|35|35 reference|full_set|named|unknown|clear|3028|3028
reference|full_set|named|unknown|stated|4603|4602
reference|full_set|named|unknown|unknown_line|810|810
reference|full_set|near|close|named_by_others|104|104 reference|full_set|near|close|rival|55|55
reference|full_set|near|close|stated|1828|1828 reference|full_set|near|close|unknown_line|65|65
reference|full_set|near|known|named_by_others|427|426 reference|full_set|near|known|rival|92|92
reference|full_set|near|known|stated|4820|4820 reference|full_set|near|known|unknown_line|53|53
reference|full_set|near|loose|named_by_others|114|114
reference|full_set|near|loose|rival|146|146 reference|full_set|near|loose|stated|1625|1625
reference|full_set|near|loose|unknown_line|40|40 reference|full_set|near|related|stated|18|18
reference|full_set|near|unknown|named_by_others|162|162
reference|full_set|near|unknown|rival|168|167 reference|full_set|near|unknown|stated|1447|1440
reference|full_set|near|unknown|unknown_line|460|460
reference|full_set|none|close|named_by_others|103|103
reference|full_set|none|close|rival|188|180 reference|full_set|none|close|stated|2108|2107
reference|full_set|none|close|unknown_line|27|27
reference|full_set|none|known|named_by_others|459|456
reference|full_set|none|known|rival|567|560 reference|full_set|none|known|stated|5555|5555
reference|full_set|none|known|unknown_line|106|106
reference|full_set|none|loose|named_by_others|212|212
reference|full_set|none|loose|rival|227|223 reference|full_set|none|loose|stated|1939|1937
reference|full_set|none|loose|unknown_line|21|21 reference|full_set|none|related|stated|12|12
reference|full_set|none|unknown|named_by_others|17|13 reference|fx|named|close|clear|17|17
reference|fx|named|close|slip|48|48 reference|fx|named|close|stated|101|101
reference|fx|named|close|unknown_number|8|8 reference|fx|named|known|clear|48|48
reference|fx|named|known|slip|104|104 reference|fx|named|known|stated|289|289
reference|fx|named|known|unknown_number|24|24 reference|fx|named|loose|clear|15|15
reference|fx|named|loose|slip|35|35 reference|fx|named|loose|stated|96|96
reference|fx|named|unknown|clear|20|20 reference|fx|named|unknown|slip|42|42
reference|fx|named|unknown|stated|126|126 reference|fx|named|unknown|unknown_number|11|11
reference|fx|near|close|stated|9|9 reference|fx|near|known|stated|18|18
reference|late_discount|named|close|clear|48|48 reference|late_discount|named|close|slip|310|309
reference|late_discount|named|close|stated|577|577
reference|late_discount|named|close|unknown_number|13|13
reference|late_discount|named|known|clear|118|118
reference|late_discount|named|known|slip|759|759
reference|late_discount|named|known|stated|1576|1576
reference|late_discount|named|known|unknown_number|26|26
reference|late_discount|named|loose|clear|49|49 reference|late_discount|named|loose|slip|241|241
reference|late_discount|named|loose|stated|514|514
reference|late_discount|named|related|stated|11|11
reference|late_discount|named|unknown|clear|111|111
reference|late_discount|named|unknown|slip|235|235
reference|late_discount|named|unknown|stated|469|469
reference|late_discount|named|unknown|unknown_number|10|10
reference|over|named|close|clear|118|118 reference|over|named|close|rival|19|19
reference|over|named|close|slip|266|266 reference|over|named|close|stated|796|795
reference|over|named|close|unknown_number|16|16 reference|over|named|known|clear|277|277
reference|over|named|known|rival|39|39 reference|over|named|known|slip|780|779
reference|over|named|known|stated|2171|2170 reference|over|named|known|unknown_number|69|68
reference|over|named|loose|clear|98|98 reference|over|named|loose|rival|15|15
reference|over|named|loose|slip|254|254 reference|over|named|loose|stated|759|758
reference|over|named|loose|unknown_number|27|26 reference|over|named|other|clear|9|9
reference|over|named|other|slip|9|6 reference|over|named|related|stated|9|9
reference|over|named|unknown|clear|104|102 reference|over|named|unknown|slip|256|253
reference|over|named|unknown|stated|734|732 reference|over|named|unknown|unknown_number|32|28
reference|over_set|named|close|slip|12|9 reference|over_set|named|close|unknown_number|58|45
reference|over_set|named|known|slip|19|15 reference|over_set|named|known|unknown_number|203|168
reference|over_set|named|loose|slip|17|16 reference|over_set|named|loose|unknown_number|71|61
reference|over_set|named|other|several_customers|27|19
reference|over_set|named|unknown|several_customers|15|8
reference|over_set|named|unknown|slip|11|10 reference|over_set|named|unknown|stated|9|5
reference|over_set|named|unknown|unknown_number|137|123 reference|part|named|close|clear|67|67
reference|part|named|close|slip|348|347 reference|part|named|close|stated|918|918
reference|part|named|close|unknown_number|17|13 reference|part|named|known|clear|192|192
reference|part|named|known|slip|1004|999 reference|part|named|known|stated|2683|2678
reference|part|named|known|unknown_number|44|33 reference|part|named|loose|clear|131|131
reference|part|named|loose|slip|268|267 reference|part|named|loose|stated|861|861
reference|part|named|loose|unknown_number|21|16
reference|part|named|other|several_customers|37|33 reference|part|named|other|slip|10|4
reference|part|named|other|stated|24|10 reference|part|named|unknown|clear|146|144
reference|part|named|unknown|several_customers|19|18 reference|part|named|unknown|slip|224|220
reference|part|named|unknown|stated|856|839 reference|part|named|unknown|unknown_line|17|17
reference|part|named|unknown|unknown_number|25|16 reference|part|near|close|stated|55|50
reference|part|near|known|rival|25|14 reference|part|near|known|stated|163|151
reference|part|near|loose|stated|48|42 reference|part_set|named|close|clear|20|20
reference|part_set|named|close|slip|603|601 reference|part_set|named|close|stated|1566|1565
reference|part_set|named|close|unknown_number|57|49 reference|part_set|named|known|clear|46|46
reference|part_set|named|known|slip|1798|1796 reference|part_set|named|known|stated|4262|4262
reference|part_set|named|known|unknown_number|142|117 reference|part_set|named|loose|clear|10|10
reference|part_set|named|loose|slip|644|641 reference|part_set|named|loose|stated|1397|1396
reference|part_set|named|loose|unknown_number|46|36
reference|part_set|named|other|several_customers|144|90
reference|part_set|named|other|stated|16|13 reference|part_set|named|related|slip|11|11
reference|part_set|named|related|stated|16|16 reference|part_set|named|unknown|clear|33|33
reference|part_set|named|unknown|several_customers|48|30
reference|part_set|named|unknown|slip|623|622 reference|part_set|named|unknown|stated|1294|1291
reference|part_set|named|unknown|unknown_line|86|86
reference|part_set|named|unknown|unknown_number|40|27 reference|part_set|near|close|rival|8|7
reference|part_set|near|close|stated|108|108 reference|part_set|near|known|named_by_others|18|17
reference|part_set|near|known|rival|19|16 reference|part_set|near|known|stated|260|260
reference|part_set|near|loose|rival|10|8 reference|part_set|near|loose|stated|47|47
reference|refund|named|close|clear|72|72 reference|refund|named|close|stated|112|112
reference|refund|named|known|clear|168|168 reference|refund|named|known|stated|237|237
reference|refund|named|loose|clear|61|61 reference|refund|named|loose|stated|93|93
reference|refund|named|unknown|clear|59|59 reference|refund|named|unknown|stated|84|84
reference|refund|near|known|stated|14|14 reference|refund|near|unknown|stated|11|11
reference|short|named|close|clear|237|237 reference|short|named|close|slip|503|503
reference|short|named|close|stated|1520|1519 reference|short|named|close|unknown_number|24|23
reference|short|named|known|clear|690|690 reference|short|named|known|slip|1409|1405
reference|short|named|known|stated|4242|4237 reference|short|named|known|unknown_number|93|84
reference|short|named|loose|clear|204|203 reference|short|named|loose|slip|479|474
reference|short|named|loose|stated|1430|1425 reference|short|named|loose|unknown_number|26|25
reference|short|named|other|clear|29|2 reference|short|named|other|slip|50|8
reference|short|named|related|stated|17|17 reference|short|named|unknown|clear|217|208
reference|short|named|unknown|slip|503|471 reference|short|named|unknown|stated|1495|1459
reference|short|named|unknown|unknown_line|8|8
reference|short|named|unknown|unknown_number|31|21 reference|short_set|named|close|clear|14|14
reference|short_set|named|close|rival|16|12 reference|short_set|named|close|slip|440|436
reference|short_set|named|close|stated|889|889
reference|short_set|named|close|unknown_number|35|29 reference|short_set|named|known|clear|65|65
reference|short_set|named|known|slip|1119|1113 reference|short_set|named|known|stated|2701|2698
reference|short_set|named|known|unknown_number|118|98
reference|short_set|named|loose|clear|18|18 reference|short_set|named|loose|slip|444|441
reference|short_set|named|loose|stated|948|947
reference|short_set|named|loose|unknown_number|34|26
reference|short_set|named|other|several_customers|20|8
reference|short_set|named|other|slip|12|12 reference|short_set|named|unknown|clear|14|14
reference|short_set|named|unknown|rival|47|37
reference|short_set|named|unknown|several_customers|40|17
reference|short_set|named|unknown|slip|382|380 reference|short_set|named|unknown|stated|938|913
reference|short_set|named|unknown|unknown_line|99|96
reference|short_set|named|unknown|unknown_number|41|35
reference|short_set|near|close|stated|17|17 reference|short_set|near|known|stated|54|54
reference|short_set|near|loose|stated|12|12 reference|short_set|near|unknown|stated|10|10
reference|told_deduction|named|close|clear|57|57
reference|told_deduction|named|close|slip|285|285
reference|told_deduction|named|close|stated|591|591
reference|told_deduction|named|close|unknown_number|61|61
reference|told_deduction|named|known|clear|122|122
reference|told_deduction|named|known|slip|721|721
reference|told_deduction|named|known|stated|1551|1551
reference|told_deduction|named|known|unknown_number|169|169
reference|told_deduction|named|loose|clear|53|53
reference|told_deduction|named|loose|slip|214|214
reference|told_deduction|named|loose|stated|529|529
reference|told_deduction|named|loose|unknown_number|57|57
reference|told_deduction|named|related|stated|9|9
reference|told_deduction|named|unknown|clear|88|88
reference|told_deduction|named|unknown|slip|167|167
reference|told_deduction|named|unknown|stated|499|498
reference|told_deduction|named|unknown|unknown_number|49|49
reference|told_deduction|near|close|stated|37|37
reference|told_deduction|near|known|stated|83|83
reference|told_deduction|near|loose|stated|28|28
reference|told_deduction|none|close|stated|23|23 reference|told_deduction|none|known|rival|11|10
reference|told_deduction|none|known|stated|76|76
reference|told_deduction|none|loose|stated|21|21
"""
