"""Who may what: every action, and the roles that hold its right by their letters."""

from dunwell.models import Role
from tests.actions.rights_a_to_k import RIGHTS_A_TO_K
from tests.actions.rights_connections import RIGHTS_CONNECTIONS
from tests.actions.rights_l_to_z import RIGHTS_L_TO_Z
from tests.actions.rights_merges import RIGHTS_MERGES

ROLES = {
    "A": Role.ADMIN,
    "M": Role.CREDIT_MANAGER,
    "C": Role.COLLECTOR,
    "K": Role.CLERK,
    "D": Role.RESOLVER,
    "R": Role.READ_ONLY,
    "N": Role.CREDIT_ANALYST,
    "F": Role.FINANCE_DIRECTOR,
    "P": Role.PARTNER,
    "S": Role.SALES,
}
INSTALLATION = {
    "advisors.accept_invitation",
    "companies.add_company",
    "companies.add_first_admin",
    "demo.add_demo_company",
    "desk_exports.end_import",
    "desk_exports.put_rows",
    "identities.note_sign_on",
    "identities.tie_identity",
    "identities.untie_identity",
    "policies.load_shipped_policies",
    "portal_links.answer_knock",
    "portal_links.knock",
    "saml_answers.take_answer",
    "saml_keys.drop_saml_key",
    "saml_keys.make_saml_key",
    "sealing.reseal_column",
    "sealing.reseal_sign_ins",
    "sign_ins.note_failed_sign_in",
    "sign_ins.note_sign_in",
    "sign_ins.note_sign_out",
    "users.use_sign_in_link",
}
"""Actions of the installation itself, before anybody can have a role or is known at the door."""

MATRIX = {
    name: letters + "S" * ("R" in letters and "S" not in letters)
    for name, letters in {
        **RIGHTS_A_TO_K,
        **RIGHTS_CONNECTIONS,
        **RIGHTS_L_TO_Z,
        **RIGHTS_MERGES,
    }.items()
}
"""By action: the roles that may, by the letters above. Sales may whatever who only looks may."""
