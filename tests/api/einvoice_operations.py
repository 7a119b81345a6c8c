"""Operations of electronic invoices: who may call each, and what to send."""

from dunwell.formats.einvoice.ubl_write import write_ubl
from tests.einvoices import document_of

ALL = "AMCKDRNF"
XML = write_ubl(document_of(0, shape="plain", kind="380"), "en16931")
FILE = {"is_upload": True, "file": XML}

EINVOICE_OPERATIONS = {
    "list_einvoices": ((ALL,), {}),
    "check_einvoice_file": ((ALL,), FILE),
    "convert_einvoice": ((ALL,), FILE),
    "receive_einvoice_files": (("K",), FILE),
    "take_einvoice": (("K", {}), {}),
}
EINVOICE_WITHOUT_KEY = {
    "check_einvoice_file": "it changes nothing",
    "convert_einvoice": "it changes nothing",
}
