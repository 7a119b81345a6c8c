"""Why money comes back: the reason codes of ISO 20022 that banks give, and what they mean.

External code sets ExternalReturnReason1Code and ExternalStatusReason1Code, as far as they
are used for direct debits, transfers, cheques and cards. The words are plain English for a
person; pages look them up in the reader's language.
"""

from collections.abc import Mapping

OTHER = "NARR"
"""The code whose reason stands in words of its own."""

RETURN_REASONS: Mapping[str, str] = {
    "AC01": "The account number is wrong",
    "AC03": "The account number of the receiver is wrong",
    "AC04": "The account is closed",
    "AC06": "The account is blocked",
    "AC13": "The account is a consumer's and may not be debited this way",
    "AG01": "The account does not allow such payments",
    "AG02": "The bank does not accept this kind of transaction",
    "AM01": "The amount is zero",
    "AM02": "The amount is more than the bank allows",
    "AM03": "The currency is not accepted",
    "AM04": "Not enough money on the account",
    "AM05": "The same payment was made twice",
    "AM09": "The amount is not the one expected",
    "BE01": "Name and account do not belong together",
    "BE04": "The address of the receiver is missing",
    "BE05": "The creditor is not known to the bank",
    "BE06": "The customer is not known to the bank",
    "CNOR": "The creditor's bank is not reachable",
    "CUST": "The customer asked for it back",
    "DNOR": "The debtor's bank is not reachable",
    "DT01": "The date is wrong",
    "DUPL": "Paid twice",
    "ED05": "The settlement failed",
    "FF01": "The file format is wrong",
    "FF05": "The kind of direct debit is wrong",
    "FOCR": "Given back because it was recalled",
    "FRAD": "Fraud",
    "MD01": "There is no valid mandate",
    "MD02": "Details of the mandate are missing or wrong",
    "MD06": "The customer disputes an authorised debit and wants the money back",
    "MD07": "The customer has died",
    "MS02": "The customer refuses, without a reason",
    "MS03": "The bank gives no reason",
    "NARR": "Another reason, see the text",
    "NOAS": "The customer did not answer",
    "RC01": "The bank's code is wrong",
    "RR01": "The account of the debtor is missing, as the law demands it",
    "RR02": "Name or address of the debtor is missing, as the law demands it",
    "RR03": "Name or address of the creditor is missing, as the law demands it",
    "RR04": "The law or an authority forbids it",
    "SL01": "The customer's bank does not serve this debit, as agreed with the customer",
    "SVNR": "The service was not rendered",
    "TECH": "A technical problem",
    "TM01": "It came after the bank's hour",
}
"""Reason code -> what it means."""
