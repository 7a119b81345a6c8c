"""Cases and right ones per kind of evidence, counted by `python -m tests.engine.match_precision`.

One line per cell: source|fit|reference|payer|doubt|cases|right. Generated; do not edit.
"""

COUNTS = """
amount|full|none|loose|clear|12|12 amount|full|none|loose|plain|12|12
amount|full|none|unknown|clear|1345|1343 amount|full|none|unknown|contradicts|28|23
amount|full|none|unknown|named_by_others|193|13 amount|full|none|unknown|plain|1308|1020
amount|full|none|unknown|rival|1175|208 payer|balance|none|close|clear|1353|1352
payer|balance|none|close|contradicts|2|2 payer|balance|none|close|named_by_others|58|58
payer|balance|none|close|plain|147|147 payer|balance|none|known|clear|3303|3289
payer|balance|none|known|contradicts|46|46 payer|balance|none|known|named_by_others|115|115
payer|balance|none|known|plain|335|324 payer|balance|none|loose|clear|1167|1165
payer|balance|none|loose|contradicts|2|2 payer|balance|none|loose|named_by_others|16|16
payer|balance|none|loose|plain|117|113 payer|balance|none|related|clear|8|8
payer|balance|none|related|plain|7|7 payer|discount|none|close|clear|547|547
payer|discount|none|close|contradicts|8|8 payer|discount|none|close|named_by_others|3|3
payer|discount|none|close|plain|10|10 payer|discount|none|close|rival|1|0
payer|discount|none|known|clear|1389|1386 payer|discount|none|known|contradicts|14|14
payer|discount|none|known|named_by_others|7|7 payer|discount|none|known|plain|18|18
payer|discount|none|known|twin|3|2 payer|discount|none|loose|clear|448|448
payer|discount|none|loose|contradicts|2|2 payer|discount|none|loose|named_by_others|6|6
payer|discount|none|loose|plain|2|2 payer|discount|none|loose|twin|1|0
payer|discount|none|related|clear|4|4 payer|discount|none|related|contradicts|1|1
payer|fee|none|close|clear|593|550 payer|fee|none|close|contradicts|31|24
payer|fee|none|close|named_by_others|13|4 payer|fee|none|close|plain|96|91
payer|fee|none|close|rival|2|0 payer|fee|none|close|twin|22|17
payer|fee|none|known|clear|1457|1382 payer|fee|none|known|contradicts|78|63
payer|fee|none|known|named_by_others|53|9 payer|fee|none|known|plain|250|232
payer|fee|none|known|twin|37|14 payer|fee|none|loose|clear|525|470
payer|fee|none|loose|contradicts|2|1 payer|fee|none|loose|named_by_others|18|4
payer|fee|none|loose|plain|73|67 payer|fee|none|loose|rival|10|7 payer|fee|none|loose|twin|17|10
payer|fee|none|related|clear|4|4 payer|fee|none|related|named_by_others|3|1
payer|fee|none|related|plain|1|1 payer|full|none|close|clear|1415|1415
payer|full|none|close|contradicts|17|17 payer|full|none|close|named_by_others|27|16
payer|full|none|close|plain|1441|1434 payer|full|none|close|rival|10|6
payer|full|none|close|twin|38|20 payer|full|none|known|clear|3708|3708
payer|full|none|known|contradicts|67|66 payer|full|none|known|named_by_others|138|65
payer|full|none|known|plain|4193|4133 payer|full|none|known|twin|90|44
payer|full|none|loose|clear|1220|1220 payer|full|none|loose|contradicts|12|12
payer|full|none|loose|named_by_others|32|13 payer|full|none|loose|plain|1346|1326
payer|full|none|loose|rival|5|4 payer|full|none|loose|twin|42|24
payer|full|none|related|clear|284|284 payer|full|none|related|contradicts|7|6
payer|full|none|related|named_by_others|7|5 payer|full|none|related|plain|309|308
payer|full|none|related|twin|7|5 payer|full|none|unknown|clear|21|21
payer|full|none|unknown|named_by_others|1|0 payer|full|none|unknown|plain|27|18
payer|full|none|unknown|rival|3|2 payer|full_set|none|close|clear|1942|1936
payer|full_set|none|close|contradicts|4|4 payer|full_set|none|close|crowded|1068|1062
payer|full_set|none|close|named_by_others|179|152 payer|full_set|none|close|plain|189|189
payer|full_set|none|close|rival|614|526 payer|full_set|none|known|clear|5451|5448
payer|full_set|none|known|contradicts|192|141 payer|full_set|none|known|crowded|3194|3173
payer|full_set|none|known|named_by_others|535|339 payer|full_set|none|known|plain|538|529
payer|full_set|none|known|rival|1397|1274 payer|full_set|none|loose|clear|1854|1846
payer|full_set|none|loose|contradicts|22|8 payer|full_set|none|loose|crowded|1037|1019
payer|full_set|none|loose|named_by_others|172|112 payer|full_set|none|loose|plain|231|229
payer|full_set|none|loose|rival|358|299 payer|full_set|none|related|clear|15|15
payer|full_set|none|related|crowded|10|10 payer|full_set|none|related|rival|4|0
payer|fx|none|close|clear|24|24 payer|fx|none|close|named_by_others|1|1
payer|fx|none|close|twin|4|3 payer|fx|none|known|clear|53|53 payer|fx|none|known|contradicts|2|2
payer|fx|none|known|twin|1|1 payer|fx|none|loose|clear|17|17 payer|fx|none|loose|contradicts|1|1
payer|fx|none|loose|rival|1|1 payer|late_discount|none|close|clear|592|581
payer|late_discount|none|close|contradicts|18|16
payer|late_discount|none|close|named_by_others|4|4 payer|late_discount|none|close|plain|9|9
payer|late_discount|none|close|rival|2|2 payer|late_discount|none|close|twin|13|10
payer|late_discount|none|known|clear|1675|1666 payer|late_discount|none|known|contradicts|68|65
payer|late_discount|none|known|named_by_others|12|8 payer|late_discount|none|known|plain|30|30
payer|late_discount|none|known|twin|20|8 payer|late_discount|none|loose|clear|556|549
payer|late_discount|none|loose|contradicts|8|8
payer|late_discount|none|loose|named_by_others|5|3 payer|late_discount|none|loose|plain|8|8
payer|late_discount|none|loose|rival|5|2 payer|late_discount|none|loose|twin|4|3
payer|late_discount|none|related|clear|6|6 payer|oldest|none|close|clear|157|99
payer|oldest|none|close|contradicts|53|7 payer|oldest|none|close|named_by_others|614|67
payer|oldest|none|close|plain|14|1 payer|oldest|none|close|rival|2069|328
payer|oldest|none|known|clear|566|368 payer|oldest|none|known|contradicts|9|3
payer|oldest|none|known|named_by_others|2549|91 payer|oldest|none|known|plain|75|6
payer|oldest|none|known|rival|8160|1089 payer|oldest|none|loose|clear|101|68
payer|oldest|none|loose|contradicts|144|10 payer|oldest|none|loose|named_by_others|495|13
payer|oldest|none|loose|plain|10|1 payer|oldest|none|loose|rival|2751|319
payer|oldest|none|related|clear|8|2 payer|oldest|none|related|contradicts|2|0
payer|oldest|none|related|named_by_others|6|0 payer|oldest|none|related|plain|2|0
payer|oldest|none|related|rival|34|1 payer|refund|none|close|clear|84|84
payer|refund|none|close|plain|3|3 payer|refund|none|known|clear|187|187
payer|refund|none|known|named_by_others|1|1 payer|refund|none|known|plain|4|4
payer|refund|none|loose|clear|54|54 reference|completed|named|close|clear|3020|3014
reference|completed|named|close|rival|42|39 reference|completed|named|known|clear|8715|8709
reference|completed|named|known|rival|117|102 reference|completed|named|loose|clear|2628|2625
reference|completed|named|loose|rival|46|46 reference|completed|named|other|clear|23|23
reference|completed|named|related|clear|32|32 reference|completed|named|unknown|clear|2120|2118
reference|completed|named|unknown|rival|38|35 reference|credit|named|close|clear|348|348
reference|credit|named|close|stated|508|508 reference|credit|named|close|unknown_line|1|1
reference|credit|named|known|clear|1060|1060 reference|credit|named|known|stated|1492|1492
reference|credit|named|known|unknown_line|5|5 reference|credit|named|loose|clear|364|364
reference|credit|named|loose|stated|596|596 reference|credit|named|loose|unknown_line|3|3
reference|credit|named|other|clear|4|4 reference|credit|named|other|stated|6|6
reference|credit|named|related|stated|6|6 reference|credit|named|unknown|clear|362|362
reference|credit|named|unknown|stated|498|498 reference|credit|named|unknown|unknown_line|9|9
reference|credit|near|close|named_by_others|2|2 reference|credit|near|close|rival|2|2
reference|credit|near|close|stated|58|58 reference|credit|near|known|named_by_others|4|4
reference|credit|near|known|stated|190|190 reference|credit|near|loose|named_by_others|6|6
reference|credit|near|loose|rival|2|2 reference|credit|near|loose|stated|54|54
reference|credit|near|related|stated|2|2 reference|credit|near|unknown|rival|6|6
reference|credit|near|unknown|stated|48|48 reference|credit|near|unknown|unknown_line|2|2
reference|credit|none|close|named_by_others|6|6 reference|credit|none|close|stated|82|82
reference|credit|none|known|named_by_others|6|6 reference|credit|none|known|stated|178|177
reference|credit|none|loose|stated|58|58 reference|credit|none|unknown|stated|2|1
reference|deduction|named|close|clear|344|342 reference|deduction|named|close|stated|564|563
reference|deduction|named|close|unknown_number|15|15
reference|deduction|named|known|clear|932|930 reference|deduction|named|known|stated|1616|1610
reference|deduction|named|known|unknown_number|35|35
reference|deduction|named|loose|clear|288|287 reference|deduction|named|loose|rival|2|2
reference|deduction|named|loose|several_customers|1|1
reference|deduction|named|loose|stated|498|497
reference|deduction|named|loose|unknown_number|10|10 reference|deduction|named|other|clear|9|0
reference|deduction|named|other|rival|1|0
reference|deduction|named|other|several_customers|46|44
reference|deduction|named|other|stated|13|4 reference|deduction|named|other|unknown_number|6|0
reference|deduction|named|related|clear|1|1 reference|deduction|named|related|stated|3|3
reference|deduction|named|unknown|clear|333|306 reference|deduction|named|unknown|rival|6|1
reference|deduction|named|unknown|several_customers|15|15
reference|deduction|named|unknown|stated|565|535
reference|deduction|named|unknown|unknown_number|8|5
reference|deduction|near|close|named_by_others|11|0 reference|deduction|near|close|rival|18|1
reference|deduction|near|close|stated|38|22 reference|deduction|near|known|named_by_others|63|1
reference|deduction|near|known|rival|13|1 reference|deduction|near|known|stated|107|71
reference|deduction|near|loose|named_by_others|12|0 reference|deduction|near|loose|rival|21|3
reference|deduction|near|loose|stated|36|23
reference|deduction_set|named|other|several_customers|4|0
reference|discount|named|close|clear|733|733 reference|discount|named|close|stated|1152|1152
reference|discount|named|known|clear|2011|2011 reference|discount|named|known|stated|3073|3073
reference|discount|named|loose|clear|645|645 reference|discount|named|loose|stated|1014|1014
reference|discount|named|other|clear|10|10 reference|discount|named|other|stated|4|4
reference|discount|named|related|clear|5|5 reference|discount|named|related|stated|7|7
reference|discount|named|unknown|clear|650|650 reference|discount|named|unknown|rival|1|1
reference|discount|named|unknown|stated|1011|1011
reference|discount|near|close|named_by_others|1|0 reference|discount|near|close|rival|2|2
reference|discount|near|close|stated|75|75 reference|discount|near|known|named_by_others|1|1
reference|discount|near|known|rival|14|14 reference|discount|near|known|stated|147|147
reference|discount|near|loose|rival|4|4 reference|discount|near|loose|stated|57|57
reference|discount|none|close|named_by_others|1|1 reference|discount|none|close|rival|3|3
reference|discount|none|close|stated|44|44 reference|discount|none|known|named_by_others|2|1
reference|discount|none|known|rival|7|7 reference|discount|none|known|stated|145|145
reference|discount|none|loose|named_by_others|1|1 reference|discount|none|loose|stated|46|46
reference|discount|weak|unknown|clear|1|1 reference|far_over|named|close|clear|17|2
reference|far_over|named|close|stated|9|0 reference|far_over|named|close|unknown_number|56|29
reference|far_over|named|known|clear|69|3 reference|far_over|named|known|mismatch|4|0
reference|far_over|named|known|stated|95|0 reference|far_over|named|known|unknown_number|124|68
reference|far_over|named|loose|clear|16|2 reference|far_over|named|loose|mismatch|1|0
reference|far_over|named|loose|stated|21|0 reference|far_over|named|loose|unknown_number|42|22
reference|far_over|named|other|clear|196|0 reference|far_over|named|other|unknown_number|18|1
reference|far_over|named|unknown|clear|84|21 reference|far_over|named|unknown|rival|1|0
reference|far_over|named|unknown|stated|107|0 reference|far_over|named|unknown|unknown_line|16|0
reference|far_over|named|unknown|unknown_number|203|169
reference|far_over_set|named|close|clear|25|15 reference|far_over_set|named|close|rival|6|4
reference|far_over_set|named|close|stated|10|7
reference|far_over_set|named|close|unknown_number|140|109
reference|far_over_set|named|known|clear|60|42 reference|far_over_set|named|known|stated|4|2
reference|far_over_set|named|known|unknown_line|5|4
reference|far_over_set|named|known|unknown_number|443|332
reference|far_over_set|named|loose|clear|44|34 reference|far_over_set|named|loose|rival|7|5
reference|far_over_set|named|loose|several_customers|9|5
reference|far_over_set|named|loose|stated|6|4
reference|far_over_set|named|loose|unknown_number|183|153
reference|far_over_set|named|other|several_customers|104|54
reference|far_over_set|named|other|unknown_number|10|8
reference|far_over_set|named|related|unknown_number|2|2
reference|far_over_set|named|unknown|clear|60|51
reference|far_over_set|named|unknown|rival|44|29
reference|far_over_set|named|unknown|several_customers|82|42
reference|far_over_set|named|unknown|stated|92|68
reference|far_over_set|named|unknown|unknown_line|33|26
reference|far_over_set|named|unknown|unknown_number|291|241
reference|far_over_set|near|known|rival|13|12 reference|far_over_set|near|known|stated|6|5
reference|far_over_set|near|loose|stated|4|3
reference|far_over_set|near|unknown|named_by_others|9|7
reference|far_over_set|near|unknown|stated|10|8
reference|far_over_set|near|unknown|unknown_line|24|23 reference|fee|named|close|clear|1099|1099
reference|fee|named|close|stated|705|705 reference|fee|named|close|unknown_number|32|32
reference|fee|named|known|clear|3087|3087 reference|fee|named|known|stated|1867|1867
reference|fee|named|known|unknown_number|100|100 reference|fee|named|loose|clear|975|975
reference|fee|named|loose|stated|626|626 reference|fee|named|loose|unknown_number|42|42
reference|fee|named|other|clear|5|4 reference|fee|named|other|stated|1|1
reference|fee|named|related|clear|5|5 reference|fee|named|related|stated|4|4
reference|fee|named|unknown|clear|1003|1002 reference|fee|named|unknown|rival|1|1
reference|fee|named|unknown|stated|593|592 reference|fee|named|unknown|unknown_number|38|38
reference|fee_set|named|close|clear|2|2 reference|fee_set|named|known|clear|7|7
reference|fee_set|named|known|unknown_number|2|1 reference|fee_set|named|loose|clear|5|5
reference|fee_set|named|unknown|stated|2|1 reference|fee_set|named|unknown|unknown_number|5|4
reference|full|named|close|clear|4383|4382 reference|full|named|close|stated|6800|6800
reference|full|named|close|unknown_line|46|46 reference|full|named|known|clear|11985|11984
reference|full|named|known|stated|18676|18674 reference|full|named|known|unknown_line|140|139
reference|full|named|loose|clear|3952|3951 reference|full|named|loose|stated|6125|6124
reference|full|named|loose|unknown_line|62|62 reference|full|named|other|clear|1057|1055
reference|full|named|other|rival|27|27 reference|full|named|other|stated|1462|1462
reference|full|named|other|unknown_line|4|4 reference|full|named|related|clear|917|917
reference|full|named|related|stated|1491|1491 reference|full|named|unknown|clear|3782|3782
reference|full|named|unknown|stated|5929|5928 reference|full|named|unknown|unknown_line|188|188
reference|full|near|close|clear|278|274 reference|full|near|close|named_by_others|6|6
reference|full|near|close|rival|4|4 reference|full|near|close|stated|396|396
reference|full|near|close|unknown_line|4|4 reference|full|near|known|clear|758|754
reference|full|near|known|named_by_others|8|7 reference|full|near|known|rival|16|15
reference|full|near|known|stated|1115|1115 reference|full|near|known|unknown_line|14|14
reference|full|near|loose|clear|256|255 reference|full|near|loose|named_by_others|5|4
reference|full|near|loose|rival|13|13 reference|full|near|loose|stated|357|357
reference|full|near|loose|unknown_line|3|3 reference|full|near|other|clear|165|151
reference|full|near|other|named_by_others|5|0 reference|full|near|related|clear|36|36
reference|full|near|related|named_by_others|2|1 reference|full|near|related|stated|92|92
reference|full|near|unknown|clear|224|211 reference|full|near|unknown|named_by_others|7|3
reference|full|near|unknown|rival|56|50 reference|full|near|unknown|stated|307|306
reference|full|near|unknown|unknown_line|11|11 reference|full|none|close|named_by_others|5|1
reference|full|none|close|rival|9|6 reference|full|none|close|stated|369|362
reference|full|none|close|unknown_line|4|4 reference|full|none|known|named_by_others|7|4
reference|full|none|known|rival|16|15 reference|full|none|known|stated|979|969
reference|full|none|known|unknown_line|17|16 reference|full|none|loose|named_by_others|2|0
reference|full|none|loose|rival|25|21 reference|full|none|loose|stated|292|284
reference|full|none|loose|unknown_line|5|3 reference|full|none|related|rival|3|2
reference|full|none|related|stated|92|92 reference|full_set|named|close|clear|4952|4952
reference|full_set|named|close|stated|7956|7956
reference|full_set|named|close|unknown_line|139|139
reference|full_set|named|known|clear|13496|13496
reference|full_set|named|known|stated|21384|21384
reference|full_set|named|known|unknown_line|283|283
reference|full_set|named|loose|clear|4366|4366 reference|full_set|named|loose|stated|7282|7282
reference|full_set|named|loose|unknown_line|136|136 reference|full_set|named|other|clear|35|35
reference|full_set|named|other|several_customers|3|2 reference|full_set|named|other|stated|75|75
reference|full_set|named|other|unknown_line|13|13 reference|full_set|named|related|clear|26|26
reference|full_set|named|related|stated|70|70 reference|full_set|named|unknown|clear|4518|4518
reference|full_set|named|unknown|stated|6751|6751
reference|full_set|named|unknown|unknown_line|1323|1323
reference|full_set|near|close|named_by_others|182|182
reference|full_set|near|close|rival|149|149 reference|full_set|near|close|stated|2740|2740
reference|full_set|near|close|unknown_line|81|81
reference|full_set|near|known|named_by_others|456|455
reference|full_set|near|known|rival|261|260 reference|full_set|near|known|stated|7302|7302
reference|full_set|near|known|unknown_line|138|138
reference|full_set|near|loose|named_by_others|136|136
reference|full_set|near|loose|rival|235|235 reference|full_set|near|loose|stated|2332|2332
reference|full_set|near|loose|unknown_line|48|48 reference|full_set|near|related|stated|24|24
reference|full_set|near|unknown|named_by_others|252|250
reference|full_set|near|unknown|rival|328|321 reference|full_set|near|unknown|stated|2113|2111
reference|full_set|near|unknown|unknown_line|902|901
reference|full_set|none|close|named_by_others|182|180
reference|full_set|none|close|rival|251|250 reference|full_set|none|close|stated|3296|3293
reference|full_set|none|close|unknown_line|51|50
reference|full_set|none|known|named_by_others|684|680
reference|full_set|none|known|rival|568|561 reference|full_set|none|known|stated|8704|8697
reference|full_set|none|known|unknown_line|192|192
reference|full_set|none|loose|named_by_others|285|280
reference|full_set|none|loose|rival|222|219 reference|full_set|none|loose|stated|2726|2723
reference|full_set|none|loose|unknown_line|53|52 reference|full_set|none|related|stated|26|26
reference|full_set|none|unknown|stated|6|5 reference|fx|named|close|clear|110|110
reference|fx|named|close|stated|191|191 reference|fx|named|close|unknown_number|21|21
reference|fx|named|known|clear|292|292 reference|fx|named|known|stated|495|495
reference|fx|named|known|unknown_number|54|54 reference|fx|named|loose|clear|107|107
reference|fx|named|loose|stated|157|157 reference|fx|named|loose|unknown_number|20|20
reference|fx|named|other|stated|3|3 reference|fx|named|related|clear|1|1
reference|fx|named|related|unknown_number|1|1 reference|fx|named|unknown|clear|90|90
reference|fx|named|unknown|stated|165|165 reference|fx|named|unknown|unknown_number|14|14
reference|fx|near|close|stated|12|12 reference|fx|near|known|stated|30|30
reference|fx|near|loose|stated|16|16 reference|fx|near|related|stated|1|1
reference|late_discount|named|close|clear|620|620
reference|late_discount|named|close|stated|1074|1074
reference|late_discount|named|close|unknown_number|26|26
reference|late_discount|named|known|clear|1836|1836
reference|late_discount|named|known|stated|2894|2894
reference|late_discount|named|known|unknown_number|79|79
reference|late_discount|named|loose|clear|606|606
reference|late_discount|named|loose|stated|962|962
reference|late_discount|named|loose|unknown_number|22|22
reference|late_discount|named|other|clear|12|12 reference|late_discount|named|other|stated|8|8
reference|late_discount|named|related|clear|6|6 reference|late_discount|named|related|stated|8|8
reference|late_discount|named|unknown|clear|525|525
reference|late_discount|named|unknown|rival|1|1
reference|late_discount|named|unknown|stated|971|971
reference|late_discount|named|unknown|unknown_number|9|9
reference|over|named|close|clear|562|562 reference|over|named|close|rival|31|31
reference|over|named|close|stated|1244|1244 reference|over|named|close|unknown_number|37|36
reference|over|named|known|clear|1530|1521 reference|over|named|known|rival|79|79
reference|over|named|known|stated|3289|3285 reference|over|named|known|unknown_number|95|88
reference|over|named|loose|clear|548|544 reference|over|named|loose|rival|44|44
reference|over|named|loose|stated|1128|1125 reference|over|named|loose|unknown_number|25|25
reference|over|named|other|clear|24|10 reference|over|named|other|unknown_number|2|0
reference|over|named|related|clear|4|4 reference|over|named|related|stated|8|8
reference|over|named|related|unknown_number|1|1 reference|over|named|unknown|clear|505|500
reference|over|named|unknown|mismatch|1|0 reference|over|named|unknown|rival|5|3
reference|over|named|unknown|stated|1122|1110 reference|over|named|unknown|unknown_number|42|40
reference|over_set|named|close|clear|16|13 reference|over_set|named|close|stated|5|3
reference|over_set|named|close|unknown_number|150|130 reference|over_set|named|known|clear|95|84
reference|over_set|named|known|stated|7|4 reference|over_set|named|known|unknown_number|272|224
reference|over_set|named|loose|clear|64|54 reference|over_set|named|loose|several_customers|5|4
reference|over_set|named|loose|unknown_number|139|120
reference|over_set|named|other|several_customers|37|21
reference|over_set|named|other|unknown_number|7|6 reference|over_set|named|unknown|clear|53|45
reference|over_set|named|unknown|rival|2|1
reference|over_set|named|unknown|several_customers|25|15
reference|over_set|named|unknown|stated|22|15
reference|over_set|named|unknown|unknown_number|280|262 reference|part|named|close|clear|651|649
reference|part|named|close|stated|1463|1461 reference|part|named|close|unknown_line|5|5
reference|part|named|close|unknown_number|21|12 reference|part|named|known|clear|1759|1753
reference|part|named|known|stated|3996|3996 reference|part|named|known|unknown_line|1|1
reference|part|named|known|unknown_number|74|51 reference|part|named|loose|clear|546|546
reference|part|named|loose|rival|3|3 reference|part|named|loose|several_customers|1|1
reference|part|named|loose|stated|1305|1300 reference|part|named|loose|unknown_line|1|1
reference|part|named|loose|unknown_number|21|18 reference|part|named|other|rival|2|0
reference|part|named|other|several_customers|52|47 reference|part|named|other|stated|29|9
reference|part|named|other|unknown_number|7|0 reference|part|named|related|clear|6|6
reference|part|named|related|stated|12|12 reference|part|named|unknown|clear|603|598
reference|part|named|unknown|rival|7|7 reference|part|named|unknown|several_customers|20|17
reference|part|named|unknown|stated|1261|1245 reference|part|named|unknown|unknown_line|26|26
reference|part|named|unknown|unknown_number|33|28 reference|part|near|close|named_by_others|8|0
reference|part|near|close|rival|13|2 reference|part|near|close|stated|82|71
reference|part|near|known|named_by_others|34|3 reference|part|near|known|rival|10|5
reference|part|near|known|stated|242|218 reference|part|near|known|unknown_line|2|1
reference|part|near|loose|named_by_others|4|1 reference|part|near|loose|rival|28|5
reference|part|near|loose|stated|85|79 reference|part|near|unknown|stated|1|1
reference|part_set|named|close|clear|1062|1059 reference|part_set|named|close|rival|2|2
reference|part_set|named|close|several_customers|3|3
reference|part_set|named|close|stated|2261|2261
reference|part_set|named|close|unknown_line|18|18
reference|part_set|named|close|unknown_number|67|57
reference|part_set|named|known|clear|2562|2556 reference|part_set|named|known|stated|5929|5927
reference|part_set|named|known|unknown_number|209|165
reference|part_set|named|loose|clear|840|838 reference|part_set|named|loose|rival|4|4
reference|part_set|named|loose|several_customers|6|4
reference|part_set|named|loose|stated|1940|1939
reference|part_set|named|loose|unknown_line|13|13
reference|part_set|named|loose|unknown_number|69|53 reference|part_set|named|other|clear|5|2
reference|part_set|named|other|several_customers|248|169
reference|part_set|named|other|stated|32|23 reference|part_set|named|other|unknown_line|9|9
reference|part_set|named|other|unknown_number|3|2 reference|part_set|named|related|clear|2|2
reference|part_set|named|related|stated|31|31 reference|part_set|named|unknown|clear|841|840
reference|part_set|named|unknown|rival|8|8
reference|part_set|named|unknown|several_customers|63|45
reference|part_set|named|unknown|stated|1876|1867
reference|part_set|named|unknown|unknown_line|172|172
reference|part_set|named|unknown|unknown_number|70|55
reference|part_set|near|close|named_by_others|4|4 reference|part_set|near|close|rival|11|10
reference|part_set|near|close|stated|152|149 reference|part_set|near|known|named_by_others|22|19
reference|part_set|near|known|rival|87|76 reference|part_set|near|known|stated|369|368
reference|part_set|near|loose|named_by_others|6|5 reference|part_set|near|loose|rival|12|11
reference|part_set|near|loose|stated|115|114 reference|part_set|near|other|unknown_line|3|2
reference|part_set|near|unknown|rival|8|7 reference|part_set|near|unknown|stated|2|1
reference|part_set|none|other|stated|6|4 reference|refund|named|close|clear|85|85
reference|refund|named|close|stated|144|144 reference|refund|named|known|clear|250|250
reference|refund|named|known|stated|362|362 reference|refund|named|loose|clear|88|88
reference|refund|named|loose|stated|140|140 reference|refund|named|other|clear|1|1
reference|refund|named|other|stated|4|4 reference|refund|named|related|clear|1|1
reference|refund|named|related|stated|4|4 reference|refund|named|unknown|clear|61|61
reference|refund|named|unknown|stated|153|152 reference|refund|near|close|stated|8|8
reference|refund|near|known|stated|27|27 reference|refund|near|loose|stated|7|7
reference|refund|near|unknown|stated|11|11 reference|short|named|close|clear|1025|1021
reference|short|named|close|rival|2|1 reference|short|named|close|stated|2211|2205
reference|short|named|close|unknown_line|2|2 reference|short|named|close|unknown_number|47|40
reference|short|named|known|clear|2808|2789 reference|short|named|known|stated|5903|5898
reference|short|named|known|unknown_line|5|5 reference|short|named|known|unknown_number|117|106
reference|short|named|loose|clear|939|935 reference|short|named|loose|rival|2|2
reference|short|named|loose|stated|1989|1985 reference|short|named|loose|unknown_line|2|2
reference|short|named|loose|unknown_number|42|34 reference|short|named|other|clear|141|25
reference|short|named|other|several_customers|19|6 reference|short|named|related|clear|10|10
reference|short|named|related|stated|12|12 reference|short|named|unknown|clear|945|886
reference|short|named|unknown|mismatch|1|0 reference|short|named|unknown|rival|2|2
reference|short|named|unknown|several_customers|13|3
reference|short|named|unknown|stated|2002|1945 reference|short|named|unknown|unknown_line|17|16
reference|short|named|unknown|unknown_number|51|33 reference|short_set|named|close|clear|671|668
reference|short_set|named|close|stated|1463|1461
reference|short_set|named|close|unknown_line|11|10
reference|short_set|named|close|unknown_number|40|32
reference|short_set|named|known|clear|1792|1777 reference|short_set|named|known|rival|14|11
reference|short_set|named|known|stated|4102|4100
reference|short_set|named|known|unknown_line|35|33
reference|short_set|named|known|unknown_number|97|80
reference|short_set|named|loose|clear|651|645 reference|short_set|named|loose|rival|10|8
reference|short_set|named|loose|stated|1377|1373
reference|short_set|named|loose|unknown_line|5|5
reference|short_set|named|loose|unknown_number|36|27 reference|short_set|named|other|clear|3|3
reference|short_set|named|other|several_customers|63|25
reference|short_set|named|related|clear|2|2 reference|short_set|named|related|stated|21|21
reference|short_set|named|unknown|clear|683|682 reference|short_set|named|unknown|rival|61|50
reference|short_set|named|unknown|several_customers|30|13
reference|short_set|named|unknown|stated|1392|1353
reference|short_set|named|unknown|unknown_line|131|121
reference|short_set|named|unknown|unknown_number|47|38
reference|short_set|near|close|stated|17|17 reference|short_set|near|known|named_by_others|2|2
reference|short_set|near|known|stated|66|66 reference|short_set|near|loose|stated|38|38
reference|short_set|near|unknown|rival|12|10 reference|short_set|near|unknown|stated|12|12
reference|told_deduction|bare|known|unknown_number|1|1
reference|told_deduction|named|close|clear|457|457
reference|told_deduction|named|close|stated|869|869
reference|told_deduction|named|close|unknown_number|88|88
reference|told_deduction|named|known|clear|1224|1224
reference|told_deduction|named|known|stated|2333|2333
reference|told_deduction|named|known|unknown_number|244|244
reference|told_deduction|named|loose|clear|401|401
reference|told_deduction|named|loose|stated|757|757
reference|told_deduction|named|loose|unknown_number|99|99
reference|told_deduction|named|other|clear|4|4 reference|told_deduction|named|other|rival|1|1
reference|told_deduction|named|other|stated|8|8
reference|told_deduction|named|other|unknown_number|2|2
reference|told_deduction|named|related|clear|1|1
reference|told_deduction|named|related|stated|9|9
reference|told_deduction|named|related|unknown_number|2|2
reference|told_deduction|named|unknown|clear|409|409
reference|told_deduction|named|unknown|stated|759|759
reference|told_deduction|named|unknown|unknown_number|79|79
reference|told_deduction|near|close|rival|11|11 reference|told_deduction|near|close|stated|47|47
reference|told_deduction|near|known|rival|18|16
reference|told_deduction|near|known|stated|129|129 reference|told_deduction|near|loose|rival|2|2
reference|told_deduction|near|loose|stated|30|30 reference|told_deduction|none|close|rival|2|2
reference|told_deduction|none|close|stated|60|57
reference|told_deduction|none|known|named_by_others|1|1
reference|told_deduction|none|known|rival|13|11
reference|told_deduction|none|known|stated|108|108 reference|told_deduction|none|loose|rival|3|1
reference|told_deduction|none|loose|stated|28|28
"""
