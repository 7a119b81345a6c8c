"""Every area of the desk. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dunwell_client.generated.advisors import AdvisorsArea
    from dunwell_client.generated.agencies import AgenciesArea
    from dunwell_client.generated.analyses import AnalysesArea
    from dunwell_client.generated.anomalies import AnomaliesArea
    from dunwell_client.generated.approvals import ApprovalsArea
    from dunwell_client.generated.assistant import AssistantArea
    from dunwell_client.generated.automatic_payment import AutomaticPaymentArea
    from dunwell_client.generated.bank import BankArea
    from dunwell_client.generated.books import BooksArea
    from dunwell_client.generated.bulk import BulkArea
    from dunwell_client.generated.bureaus import BureausArea
    from dunwell_client.generated.cash_application import CashApplicationArea
    from dunwell_client.generated.cash_policies import CashPoliciesArea
    from dunwell_client.generated.channels import ChannelsArea
    from dunwell_client.generated.charges import ChargesArea
    from dunwell_client.generated.company import CompanyArea
    from dunwell_client.generated.connections import ConnectionsArea
    from dunwell_client.generated.contact_rules import ContactRulesArea
    from dunwell_client.generated.contacts import ContactsArea
    from dunwell_client.generated.conversations import ConversationsArea
    from dunwell_client.generated.copilot import CopilotArea
    from dunwell_client.generated.covers import CoversArea
    from dunwell_client.generated.credit_applications import CreditApplicationsArea
    from dunwell_client.generated.credit_checks import CreditChecksArea
    from dunwell_client.generated.credit_data import CreditDataArea
    from dunwell_client.generated.credit_groups import CreditGroupsArea
    from dunwell_client.generated.credit_holds import CreditHoldsArea
    from dunwell_client.generated.credit_policy import CreditPolicyArea
    from dunwell_client.generated.credit_portfolio import CreditPortfolioArea
    from dunwell_client.generated.credit_reviews import CreditReviewsArea
    from dunwell_client.generated.customer_merges import CustomerMergesArea
    from dunwell_client.generated.customers import CustomersArea
    from dunwell_client.generated.deliveries import DeliveriesArea
    from dunwell_client.generated.desk import DeskArea
    from dunwell_client.generated.direct_debit import DirectDebitArea
    from dunwell_client.generated.dispute_cases import DisputeCasesArea
    from dunwell_client.generated.dispute_causes import DisputeCausesArea
    from dunwell_client.generated.disputes import DisputesArea
    from dunwell_client.generated.documents import DocumentsArea
    from dunwell_client.generated.e_invoices import EInvoicesArea
    from dunwell_client.generated.early_payment import EarlyPaymentArea
    from dunwell_client.generated.early_warnings import EarlyWarningsArea
    from dunwell_client.generated.escalations import EscalationsArea
    from dunwell_client.generated.experiments import ExperimentsArea
    from dunwell_client.generated.exports import ExportsArea
    from dunwell_client.generated.feedback import FeedbackArea
    from dunwell_client.generated.figures import FiguresArea
    from dunwell_client.generated.financing import FinancingArea
    from dunwell_client.generated.forecast import ForecastArea
    from dunwell_client.generated.full_export import FullExportArea
    from dunwell_client.generated.holds import HoldsArea
    from dunwell_client.generated.imports import ImportsArea
    from dunwell_client.generated.improvement import ImprovementArea
    from dunwell_client.generated.inbox import InboxArea
    from dunwell_client.generated.incentives import IncentivesArea
    from dunwell_client.generated.invoice_responses import InvoiceResponsesArea
    from dunwell_client.generated.invoices import InvoicesArea
    from dunwell_client.generated.items import ItemsArea
    from dunwell_client.generated.legal import LegalArea
    from dunwell_client.generated.letters import LettersArea
    from dunwell_client.generated.limitation import LimitationArea
    from dunwell_client.generated.limits import LimitsArea
    from dunwell_client.generated.mail_domain import MailDomainArea
    from dunwell_client.generated.mailboxes import MailboxesArea
    from dunwell_client.generated.meetings import MeetingsArea
    from dunwell_client.generated.message_readers import MessageReadersArea
    from dunwell_client.generated.messages import MessagesArea
    from dunwell_client.generated.model import ModelArea
    from dunwell_client.generated.online_payments import OnlinePaymentsArea
    from dunwell_client.generated.partner import PartnerArea
    from dunwell_client.generated.payment_providers import PaymentProvidersArea
    from dunwell_client.generated.payments import PaymentsArea
    from dunwell_client.generated.people import PeopleArea
    from dunwell_client.generated.placements import PlacementsArea
    from dunwell_client.generated.planning import PlanningArea
    from dunwell_client.generated.plans import PlansArea
    from dunwell_client.generated.policies import PoliciesArea
    from dunwell_client.generated.pools import PoolsArea
    from dunwell_client.generated.portal_access import PortalAccessArea
    from dunwell_client.generated.portfolio_reviews import PortfolioReviewsArea
    from dunwell_client.generated.portfolio_risk import PortfolioRiskArea
    from dunwell_client.generated.predictions import PredictionsArea
    from dunwell_client.generated.privacy import PrivacyArea
    from dunwell_client.generated.process import ProcessArea
    from dunwell_client.generated.promises import PromisesArea
    from dunwell_client.generated.provisions import ProvisionsArea
    from dunwell_client.generated.rates import RatesArea
    from dunwell_client.generated.refunds import RefundsArea
    from dunwell_client.generated.remittances import RemittancesArea
    from dunwell_client.generated.reports import ReportsArea
    from dunwell_client.generated.sanctions import SanctionsArea
    from dunwell_client.generated.scorecards import ScorecardsArea
    from dunwell_client.generated.scores import ScoresArea
    from dunwell_client.generated.segments import SegmentsArea
    from dunwell_client.generated.settlements import SettlementsArea
    from dunwell_client.generated.statements_of_account import StatementsOfAccountArea
    from dunwell_client.generated.strategies import StrategiesArea
    from dunwell_client.generated.suggestions import SuggestionsArea
    from dunwell_client.generated.suppressions import SuppressionsArea
    from dunwell_client.generated.targets import TargetsArea
    from dunwell_client.generated.teamwork import TeamworkArea
    from dunwell_client.generated.told_by_customers import ToldByCustomersArea
    from dunwell_client.generated.training import TrainingArea
    from dunwell_client.generated.watches import WatchesArea
    from dunwell_client.generated.webhooks import WebhooksArea
    from dunwell_client.generated.worklist import WorklistArea
    from dunwell_client.transport import Connection


class Areas:
    """The operations of the desk by area; an area is loaded when it is first used."""

    _connection: Connection

    @cached_property
    def advisors(self) -> AdvisorsArea:
        """Operations about advisors."""
        from dunwell_client.generated.advisors import AdvisorsArea

        return AdvisorsArea(self._connection)

    @cached_property
    def agencies(self) -> AgenciesArea:
        """Operations about agencies."""
        from dunwell_client.generated.agencies import AgenciesArea

        return AgenciesArea(self._connection)

    @cached_property
    def analyses(self) -> AnalysesArea:
        """Operations about analyses."""
        from dunwell_client.generated.analyses import AnalysesArea

        return AnalysesArea(self._connection)

    @cached_property
    def anomalies(self) -> AnomaliesArea:
        """Operations about anomalies."""
        from dunwell_client.generated.anomalies import AnomaliesArea

        return AnomaliesArea(self._connection)

    @cached_property
    def approvals(self) -> ApprovalsArea:
        """Operations about approvals."""
        from dunwell_client.generated.approvals import ApprovalsArea

        return ApprovalsArea(self._connection)

    @cached_property
    def assistant(self) -> AssistantArea:
        """Operations about assistant."""
        from dunwell_client.generated.assistant import AssistantArea

        return AssistantArea(self._connection)

    @cached_property
    def automatic_payment(self) -> AutomaticPaymentArea:
        """Operations about automatic payment."""
        from dunwell_client.generated.automatic_payment import AutomaticPaymentArea

        return AutomaticPaymentArea(self._connection)

    @cached_property
    def bank(self) -> BankArea:
        """Operations about bank."""
        from dunwell_client.generated.bank import BankArea

        return BankArea(self._connection)

    @cached_property
    def books(self) -> BooksArea:
        """Operations about books."""
        from dunwell_client.generated.books import BooksArea

        return BooksArea(self._connection)

    @cached_property
    def bulk(self) -> BulkArea:
        """Operations about bulk."""
        from dunwell_client.generated.bulk import BulkArea

        return BulkArea(self._connection)

    @cached_property
    def bureaus(self) -> BureausArea:
        """Operations about bureaus."""
        from dunwell_client.generated.bureaus import BureausArea

        return BureausArea(self._connection)

    @cached_property
    def cash_application(self) -> CashApplicationArea:
        """Operations about cash application."""
        from dunwell_client.generated.cash_application import CashApplicationArea

        return CashApplicationArea(self._connection)

    @cached_property
    def cash_policies(self) -> CashPoliciesArea:
        """Operations about cash policies."""
        from dunwell_client.generated.cash_policies import CashPoliciesArea

        return CashPoliciesArea(self._connection)

    @cached_property
    def channels(self) -> ChannelsArea:
        """Operations about channels."""
        from dunwell_client.generated.channels import ChannelsArea

        return ChannelsArea(self._connection)

    @cached_property
    def charges(self) -> ChargesArea:
        """Operations about charges."""
        from dunwell_client.generated.charges import ChargesArea

        return ChargesArea(self._connection)

    @cached_property
    def company(self) -> CompanyArea:
        """Operations about company."""
        from dunwell_client.generated.company import CompanyArea

        return CompanyArea(self._connection)

    @cached_property
    def connections(self) -> ConnectionsArea:
        """Operations about connections."""
        from dunwell_client.generated.connections import ConnectionsArea

        return ConnectionsArea(self._connection)

    @cached_property
    def contact_rules(self) -> ContactRulesArea:
        """Operations about contact rules."""
        from dunwell_client.generated.contact_rules import ContactRulesArea

        return ContactRulesArea(self._connection)

    @cached_property
    def contacts(self) -> ContactsArea:
        """Operations about contacts."""
        from dunwell_client.generated.contacts import ContactsArea

        return ContactsArea(self._connection)

    @cached_property
    def conversations(self) -> ConversationsArea:
        """Operations about conversations."""
        from dunwell_client.generated.conversations import ConversationsArea

        return ConversationsArea(self._connection)

    @cached_property
    def copilot(self) -> CopilotArea:
        """Operations about copilot."""
        from dunwell_client.generated.copilot import CopilotArea

        return CopilotArea(self._connection)

    @cached_property
    def covers(self) -> CoversArea:
        """Operations about covers."""
        from dunwell_client.generated.covers import CoversArea

        return CoversArea(self._connection)

    @cached_property
    def credit_applications(self) -> CreditApplicationsArea:
        """Operations about credit applications."""
        from dunwell_client.generated.credit_applications import CreditApplicationsArea

        return CreditApplicationsArea(self._connection)

    @cached_property
    def credit_checks(self) -> CreditChecksArea:
        """Operations about credit checks."""
        from dunwell_client.generated.credit_checks import CreditChecksArea

        return CreditChecksArea(self._connection)

    @cached_property
    def credit_data(self) -> CreditDataArea:
        """Operations about credit data."""
        from dunwell_client.generated.credit_data import CreditDataArea

        return CreditDataArea(self._connection)

    @cached_property
    def credit_groups(self) -> CreditGroupsArea:
        """Operations about credit groups."""
        from dunwell_client.generated.credit_groups import CreditGroupsArea

        return CreditGroupsArea(self._connection)

    @cached_property
    def credit_holds(self) -> CreditHoldsArea:
        """Operations about credit holds."""
        from dunwell_client.generated.credit_holds import CreditHoldsArea

        return CreditHoldsArea(self._connection)

    @cached_property
    def credit_policy(self) -> CreditPolicyArea:
        """Operations about credit policy."""
        from dunwell_client.generated.credit_policy import CreditPolicyArea

        return CreditPolicyArea(self._connection)

    @cached_property
    def credit_portfolio(self) -> CreditPortfolioArea:
        """Operations about credit portfolio."""
        from dunwell_client.generated.credit_portfolio import CreditPortfolioArea

        return CreditPortfolioArea(self._connection)

    @cached_property
    def credit_reviews(self) -> CreditReviewsArea:
        """Operations about credit reviews."""
        from dunwell_client.generated.credit_reviews import CreditReviewsArea

        return CreditReviewsArea(self._connection)

    @cached_property
    def customer_merges(self) -> CustomerMergesArea:
        """Operations about customer merges."""
        from dunwell_client.generated.customer_merges import CustomerMergesArea

        return CustomerMergesArea(self._connection)

    @cached_property
    def customers(self) -> CustomersArea:
        """Operations about customers."""
        from dunwell_client.generated.customers import CustomersArea

        return CustomersArea(self._connection)

    @cached_property
    def deliveries(self) -> DeliveriesArea:
        """Operations about deliveries."""
        from dunwell_client.generated.deliveries import DeliveriesArea

        return DeliveriesArea(self._connection)

    @cached_property
    def desk(self) -> DeskArea:
        """Operations about desk."""
        from dunwell_client.generated.desk import DeskArea

        return DeskArea(self._connection)

    @cached_property
    def direct_debit(self) -> DirectDebitArea:
        """Operations about direct debit."""
        from dunwell_client.generated.direct_debit import DirectDebitArea

        return DirectDebitArea(self._connection)

    @cached_property
    def dispute_cases(self) -> DisputeCasesArea:
        """Operations about dispute cases."""
        from dunwell_client.generated.dispute_cases import DisputeCasesArea

        return DisputeCasesArea(self._connection)

    @cached_property
    def dispute_causes(self) -> DisputeCausesArea:
        """Operations about dispute causes."""
        from dunwell_client.generated.dispute_causes import DisputeCausesArea

        return DisputeCausesArea(self._connection)

    @cached_property
    def disputes(self) -> DisputesArea:
        """Operations about disputes."""
        from dunwell_client.generated.disputes import DisputesArea

        return DisputesArea(self._connection)

    @cached_property
    def documents(self) -> DocumentsArea:
        """Operations about documents."""
        from dunwell_client.generated.documents import DocumentsArea

        return DocumentsArea(self._connection)

    @cached_property
    def e_invoices(self) -> EInvoicesArea:
        """Operations about e-invoices."""
        from dunwell_client.generated.e_invoices import EInvoicesArea

        return EInvoicesArea(self._connection)

    @cached_property
    def early_payment(self) -> EarlyPaymentArea:
        """Operations about early payment."""
        from dunwell_client.generated.early_payment import EarlyPaymentArea

        return EarlyPaymentArea(self._connection)

    @cached_property
    def early_warnings(self) -> EarlyWarningsArea:
        """Operations about early warnings."""
        from dunwell_client.generated.early_warnings import EarlyWarningsArea

        return EarlyWarningsArea(self._connection)

    @cached_property
    def escalations(self) -> EscalationsArea:
        """Operations about escalations."""
        from dunwell_client.generated.escalations import EscalationsArea

        return EscalationsArea(self._connection)

    @cached_property
    def experiments(self) -> ExperimentsArea:
        """Operations about experiments."""
        from dunwell_client.generated.experiments import ExperimentsArea

        return ExperimentsArea(self._connection)

    @cached_property
    def exports(self) -> ExportsArea:
        """Operations about exports."""
        from dunwell_client.generated.exports import ExportsArea

        return ExportsArea(self._connection)

    @cached_property
    def feedback(self) -> FeedbackArea:
        """Operations about feedback."""
        from dunwell_client.generated.feedback import FeedbackArea

        return FeedbackArea(self._connection)

    @cached_property
    def figures(self) -> FiguresArea:
        """Operations about figures."""
        from dunwell_client.generated.figures import FiguresArea

        return FiguresArea(self._connection)

    @cached_property
    def financing(self) -> FinancingArea:
        """Operations about financing."""
        from dunwell_client.generated.financing import FinancingArea

        return FinancingArea(self._connection)

    @cached_property
    def forecast(self) -> ForecastArea:
        """Operations about forecast."""
        from dunwell_client.generated.forecast import ForecastArea

        return ForecastArea(self._connection)

    @cached_property
    def full_export(self) -> FullExportArea:
        """Operations about full export."""
        from dunwell_client.generated.full_export import FullExportArea

        return FullExportArea(self._connection)

    @cached_property
    def holds(self) -> HoldsArea:
        """Operations about holds."""
        from dunwell_client.generated.holds import HoldsArea

        return HoldsArea(self._connection)

    @cached_property
    def imports(self) -> ImportsArea:
        """Operations about imports."""
        from dunwell_client.generated.imports import ImportsArea

        return ImportsArea(self._connection)

    @cached_property
    def improvement(self) -> ImprovementArea:
        """Operations about improvement."""
        from dunwell_client.generated.improvement import ImprovementArea

        return ImprovementArea(self._connection)

    @cached_property
    def inbox(self) -> InboxArea:
        """Operations about inbox."""
        from dunwell_client.generated.inbox import InboxArea

        return InboxArea(self._connection)

    @cached_property
    def incentives(self) -> IncentivesArea:
        """Operations about incentives."""
        from dunwell_client.generated.incentives import IncentivesArea

        return IncentivesArea(self._connection)

    @cached_property
    def invoice_responses(self) -> InvoiceResponsesArea:
        """Operations about invoice responses."""
        from dunwell_client.generated.invoice_responses import InvoiceResponsesArea

        return InvoiceResponsesArea(self._connection)

    @cached_property
    def invoices(self) -> InvoicesArea:
        """Operations about invoices."""
        from dunwell_client.generated.invoices import InvoicesArea

        return InvoicesArea(self._connection)

    @cached_property
    def items(self) -> ItemsArea:
        """Operations about items."""
        from dunwell_client.generated.items import ItemsArea

        return ItemsArea(self._connection)

    @cached_property
    def legal(self) -> LegalArea:
        """Operations about legal."""
        from dunwell_client.generated.legal import LegalArea

        return LegalArea(self._connection)

    @cached_property
    def letters(self) -> LettersArea:
        """Operations about letters."""
        from dunwell_client.generated.letters import LettersArea

        return LettersArea(self._connection)

    @cached_property
    def limitation(self) -> LimitationArea:
        """Operations about limitation."""
        from dunwell_client.generated.limitation import LimitationArea

        return LimitationArea(self._connection)

    @cached_property
    def limits(self) -> LimitsArea:
        """Operations about limits."""
        from dunwell_client.generated.limits import LimitsArea

        return LimitsArea(self._connection)

    @cached_property
    def mail_domain(self) -> MailDomainArea:
        """Operations about mail domain."""
        from dunwell_client.generated.mail_domain import MailDomainArea

        return MailDomainArea(self._connection)

    @cached_property
    def mailboxes(self) -> MailboxesArea:
        """Operations about mailboxes."""
        from dunwell_client.generated.mailboxes import MailboxesArea

        return MailboxesArea(self._connection)

    @cached_property
    def meetings(self) -> MeetingsArea:
        """Operations about meetings."""
        from dunwell_client.generated.meetings import MeetingsArea

        return MeetingsArea(self._connection)

    @cached_property
    def message_readers(self) -> MessageReadersArea:
        """Operations about message readers."""
        from dunwell_client.generated.message_readers import MessageReadersArea

        return MessageReadersArea(self._connection)

    @cached_property
    def messages(self) -> MessagesArea:
        """Operations about messages."""
        from dunwell_client.generated.messages import MessagesArea

        return MessagesArea(self._connection)

    @cached_property
    def model(self) -> ModelArea:
        """Operations about model."""
        from dunwell_client.generated.model import ModelArea

        return ModelArea(self._connection)

    @cached_property
    def online_payments(self) -> OnlinePaymentsArea:
        """Operations about online payments."""
        from dunwell_client.generated.online_payments import OnlinePaymentsArea

        return OnlinePaymentsArea(self._connection)

    @cached_property
    def partner(self) -> PartnerArea:
        """Operations about partner."""
        from dunwell_client.generated.partner import PartnerArea

        return PartnerArea(self._connection)

    @cached_property
    def payment_providers(self) -> PaymentProvidersArea:
        """Operations about payment providers."""
        from dunwell_client.generated.payment_providers import PaymentProvidersArea

        return PaymentProvidersArea(self._connection)

    @cached_property
    def payments(self) -> PaymentsArea:
        """Operations about payments."""
        from dunwell_client.generated.payments import PaymentsArea

        return PaymentsArea(self._connection)

    @cached_property
    def people(self) -> PeopleArea:
        """Operations about people."""
        from dunwell_client.generated.people import PeopleArea

        return PeopleArea(self._connection)

    @cached_property
    def placements(self) -> PlacementsArea:
        """Operations about placements."""
        from dunwell_client.generated.placements import PlacementsArea

        return PlacementsArea(self._connection)

    @cached_property
    def planning(self) -> PlanningArea:
        """Operations about planning."""
        from dunwell_client.generated.planning import PlanningArea

        return PlanningArea(self._connection)

    @cached_property
    def plans(self) -> PlansArea:
        """Operations about plans."""
        from dunwell_client.generated.plans import PlansArea

        return PlansArea(self._connection)

    @cached_property
    def policies(self) -> PoliciesArea:
        """Operations about policies."""
        from dunwell_client.generated.policies import PoliciesArea

        return PoliciesArea(self._connection)

    @cached_property
    def pools(self) -> PoolsArea:
        """Operations about pools."""
        from dunwell_client.generated.pools import PoolsArea

        return PoolsArea(self._connection)

    @cached_property
    def portal_access(self) -> PortalAccessArea:
        """Operations about portal access."""
        from dunwell_client.generated.portal_access import PortalAccessArea

        return PortalAccessArea(self._connection)

    @cached_property
    def portfolio_reviews(self) -> PortfolioReviewsArea:
        """Operations about portfolio reviews."""
        from dunwell_client.generated.portfolio_reviews import PortfolioReviewsArea

        return PortfolioReviewsArea(self._connection)

    @cached_property
    def portfolio_risk(self) -> PortfolioRiskArea:
        """Operations about portfolio risk."""
        from dunwell_client.generated.portfolio_risk import PortfolioRiskArea

        return PortfolioRiskArea(self._connection)

    @cached_property
    def predictions(self) -> PredictionsArea:
        """Operations about predictions."""
        from dunwell_client.generated.predictions import PredictionsArea

        return PredictionsArea(self._connection)

    @cached_property
    def privacy(self) -> PrivacyArea:
        """Operations about privacy."""
        from dunwell_client.generated.privacy import PrivacyArea

        return PrivacyArea(self._connection)

    @cached_property
    def process(self) -> ProcessArea:
        """Operations about process."""
        from dunwell_client.generated.process import ProcessArea

        return ProcessArea(self._connection)

    @cached_property
    def promises(self) -> PromisesArea:
        """Operations about promises."""
        from dunwell_client.generated.promises import PromisesArea

        return PromisesArea(self._connection)

    @cached_property
    def provisions(self) -> ProvisionsArea:
        """Operations about provisions."""
        from dunwell_client.generated.provisions import ProvisionsArea

        return ProvisionsArea(self._connection)

    @cached_property
    def rates(self) -> RatesArea:
        """Operations about rates."""
        from dunwell_client.generated.rates import RatesArea

        return RatesArea(self._connection)

    @cached_property
    def refunds(self) -> RefundsArea:
        """Operations about refunds."""
        from dunwell_client.generated.refunds import RefundsArea

        return RefundsArea(self._connection)

    @cached_property
    def remittances(self) -> RemittancesArea:
        """Operations about remittances."""
        from dunwell_client.generated.remittances import RemittancesArea

        return RemittancesArea(self._connection)

    @cached_property
    def reports(self) -> ReportsArea:
        """Operations about reports."""
        from dunwell_client.generated.reports import ReportsArea

        return ReportsArea(self._connection)

    @cached_property
    def sanctions(self) -> SanctionsArea:
        """Operations about sanctions."""
        from dunwell_client.generated.sanctions import SanctionsArea

        return SanctionsArea(self._connection)

    @cached_property
    def scorecards(self) -> ScorecardsArea:
        """Operations about scorecards."""
        from dunwell_client.generated.scorecards import ScorecardsArea

        return ScorecardsArea(self._connection)

    @cached_property
    def scores(self) -> ScoresArea:
        """Operations about scores."""
        from dunwell_client.generated.scores import ScoresArea

        return ScoresArea(self._connection)

    @cached_property
    def segments(self) -> SegmentsArea:
        """Operations about segments."""
        from dunwell_client.generated.segments import SegmentsArea

        return SegmentsArea(self._connection)

    @cached_property
    def settlements(self) -> SettlementsArea:
        """Operations about settlements."""
        from dunwell_client.generated.settlements import SettlementsArea

        return SettlementsArea(self._connection)

    @cached_property
    def statements_of_account(self) -> StatementsOfAccountArea:
        """Operations about statements of account."""
        from dunwell_client.generated.statements_of_account import StatementsOfAccountArea

        return StatementsOfAccountArea(self._connection)

    @cached_property
    def strategies(self) -> StrategiesArea:
        """Operations about strategies."""
        from dunwell_client.generated.strategies import StrategiesArea

        return StrategiesArea(self._connection)

    @cached_property
    def suggestions(self) -> SuggestionsArea:
        """Operations about suggestions."""
        from dunwell_client.generated.suggestions import SuggestionsArea

        return SuggestionsArea(self._connection)

    @cached_property
    def suppressions(self) -> SuppressionsArea:
        """Operations about suppressions."""
        from dunwell_client.generated.suppressions import SuppressionsArea

        return SuppressionsArea(self._connection)

    @cached_property
    def targets(self) -> TargetsArea:
        """Operations about targets."""
        from dunwell_client.generated.targets import TargetsArea

        return TargetsArea(self._connection)

    @cached_property
    def teamwork(self) -> TeamworkArea:
        """Operations about teamwork."""
        from dunwell_client.generated.teamwork import TeamworkArea

        return TeamworkArea(self._connection)

    @cached_property
    def told_by_customers(self) -> ToldByCustomersArea:
        """Operations about told by customers."""
        from dunwell_client.generated.told_by_customers import ToldByCustomersArea

        return ToldByCustomersArea(self._connection)

    @cached_property
    def training(self) -> TrainingArea:
        """Operations about training."""
        from dunwell_client.generated.training import TrainingArea

        return TrainingArea(self._connection)

    @cached_property
    def watches(self) -> WatchesArea:
        """Operations about watches."""
        from dunwell_client.generated.watches import WatchesArea

        return WatchesArea(self._connection)

    @cached_property
    def webhooks(self) -> WebhooksArea:
        """Operations about webhooks."""
        from dunwell_client.generated.webhooks import WebhooksArea

        return WebhooksArea(self._connection)

    @cached_property
    def worklist(self) -> WorklistArea:
        """Operations about worklist."""
        from dunwell_client.generated.worklist import WorklistArea

        return WorklistArea(self._connection)
