"""Time zones of regions by ISO 3166-2 code: states of the US and Australia, provinces of Canada.

From the zone names and comments of the IANA database; a region that lies in two zones has both.
"""

from collections.abc import Mapping

_EAST, _CENTRAL = "America/New_York", "America/Chicago"
_MOUNTAIN, _PACIFIC = "America/Denver", "America/Los_Angeles"

_US: Mapping[str, str] = {
    **dict.fromkeys(
        [
            "CT",
            "DC",
            "DE",
            "GA",
            "MA",
            "MD",
            "ME",
            "NC",
            "NH",
            "NJ",
            "NY",
            "OH",
            "PA",
            "RI",
            "SC",
            "VA",
            "VT",
            "WV",
        ],
        _EAST,
    ),
    **dict.fromkeys(["AL", "AR", "IA", "IL", "LA", "MN", "MO", "MS", "OK", "WI"], _CENTRAL),
    **dict.fromkeys(["CO", "MT", "NM", "UT", "WY"], _MOUNTAIN),
    **dict.fromkeys(["CA", "WA"], _PACIFIC),
}

REGION_ZONES: Mapping[str, tuple[str, ...]] = {
    **{f"US-{state}": (zone,) for state, zone in _US.items()},
    "US-AK": ("America/Adak", "America/Anchorage"),
    "US-AZ": (_MOUNTAIN, "America/Phoenix"),
    "US-FL": (_CENTRAL, _EAST),
    "US-HI": ("Pacific/Honolulu",),
    "US-ID": ("America/Boise", _PACIFIC),
    "US-IN": (_CENTRAL, "America/Indiana/Indianapolis"),
    "US-KS": (_CENTRAL, _MOUNTAIN),
    "US-KY": (_CENTRAL, _EAST),
    "US-MI": (_CENTRAL, "America/Detroit"),
    "US-ND": (_CENTRAL, _MOUNTAIN),
    "US-NE": (_CENTRAL, _MOUNTAIN),
    "US-NV": (_MOUNTAIN, _PACIFIC),
    "US-OR": ("America/Boise", _PACIFIC),
    "US-SD": (_CENTRAL, _MOUNTAIN),
    "US-TN": (_CENTRAL, _EAST),
    "US-TX": (_CENTRAL, _MOUNTAIN),
    "CA-AB": ("America/Edmonton",),
    "CA-BC": (
        "America/Creston",
        "America/Dawson_Creek",
        "America/Edmonton",
        "America/Fort_Nelson",
        "America/Vancouver",
    ),
    "CA-MB": ("America/Winnipeg",),
    "CA-NB": ("America/Moncton",),
    "CA-NL": ("America/Goose_Bay", "America/St_Johns"),
    "CA-NS": ("America/Halifax",),
    "CA-NT": ("America/Edmonton",),
    "CA-NU": ("America/Cambridge_Bay", "America/Iqaluit", "America/Rankin_Inlet"),
    "CA-ON": ("America/Atikokan", "America/Toronto", "America/Winnipeg"),
    "CA-PE": ("America/Halifax",),
    "CA-QC": ("America/Blanc-Sablon", "America/Toronto"),
    "CA-SK": ("America/Edmonton", "America/Regina"),
    "CA-YT": ("America/Whitehorse",),
    "AU-ACT": ("Australia/Sydney",),
    "AU-NSW": ("Australia/Broken_Hill", "Australia/Lord_Howe", "Australia/Sydney"),
    "AU-NT": ("Australia/Darwin",),
    "AU-QLD": ("Australia/Brisbane",),
    "AU-SA": ("Australia/Adelaide",),
    "AU-TAS": ("Australia/Hobart",),
    "AU-VIC": ("Australia/Melbourne",),
    "AU-WA": ("Australia/Eucla", "Australia/Perth"),
}
