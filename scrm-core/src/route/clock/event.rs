//! What starts, stops and pauses a clock? The closed list of events, by the names that protocols use.

use std::fmt;

/// Something that happens to a case and that clocks listen to.
///
/// A case is in one state at a time: active, waiting for somebody, on hold, or resolved. `waiting_customer`,
/// `waiting_third_party` and `on_hold` begin a state, which lasts until the next of them, until `resumed` or until
/// `case.resolved`; `customer.replied` ends the waiting for the customer. A case that is resolved stays so until
/// `case.reopened`.
///
/// Events of one instant count in the order of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ClockEvent {
    /// The message was made, as the platform says.
    Created,
    /// The message reached us.
    Captured,
    /// A case was opened for it.
    CaseOpened,
    /// Somebody was given the case.
    Assigned,
    /// The customer wrote again.
    CustomerReplied,
    /// Work on the case goes on.
    Resumed,
    /// The case was opened again.
    CaseReopened,
    /// A response was sent.
    ResponseSent,
    /// From here on it is the customer's turn.
    WaitingCustomer,
    /// From here on it is the turn of a supplier, a partner or anybody else outside.
    WaitingThirdParty,
    /// From here on nobody works on it.
    OnHold,
    /// The case came to an end.
    CaseResolved,
}

impl ClockEvent {
    /// All of them, in the order in which those of one instant count.
    pub const ALL: [Self; 12] = [
        Self::Created,
        Self::Captured,
        Self::CaseOpened,
        Self::Assigned,
        Self::CustomerReplied,
        Self::Resumed,
        Self::CaseReopened,
        Self::ResponseSent,
        Self::WaitingCustomer,
        Self::WaitingThirdParty,
        Self::OnHold,
        Self::CaseResolved,
    ];
    /// Those that can start a clock.
    pub const STARTS: [Self; 4] = [Self::Created, Self::Captured, Self::CaseOpened, Self::Assigned];
    /// Those that can stop a clock.
    pub const STOPS: [Self; 3] = [Self::Assigned, Self::ResponseSent, Self::CaseResolved];
    /// Those that begin a state in which a clock can stand still.
    pub const PAUSES: [Self; 3] = [Self::WaitingCustomer, Self::WaitingThirdParty, Self::OnHold];

    /// The name in protocols and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Captured => "captured",
            Self::CaseOpened => "case.opened",
            Self::Assigned => "assigned",
            Self::CustomerReplied => "customer.replied",
            Self::Resumed => "resumed",
            Self::CaseReopened => "case.reopened",
            Self::ResponseSent => "response.sent",
            Self::WaitingCustomer => "waiting_customer",
            Self::WaitingThirdParty => "waiting_third_party",
            Self::OnHold => "on_hold",
            Self::CaseResolved => "case.resolved",
        }
    }

    /// The one that has this name.
    ///
    /// ```
    /// use scrm_core::route::ClockEvent;
    /// assert_eq!(ClockEvent::parse("response.sent"), Some(ClockEvent::ResponseSent));
    /// assert_eq!(ClockEvent::parse("sent"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }
}

impl fmt::Display for ClockEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Which of the two clocks of a service level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockName {
    /// Until the first response is sent.
    FirstResponse,
    /// Until the matter is resolved.
    Resolution,
}

impl ClockName {
    /// Both.
    pub const ALL: [Self; 2] = [Self::FirstResponse, Self::Resolution];

    /// The key in protocols.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::Resolution => "resolution",
        }
    }

    /// What starts it when the protocol does not say: `captured`.
    pub fn default_start(self) -> ClockEvent {
        ClockEvent::Captured
    }

    /// What stops it when the protocol does not say: `response.sent`, or `case.resolved`.
    pub fn default_stop(self) -> ClockEvent {
        match self {
            Self::FirstResponse => ClockEvent::ResponseSent,
            Self::Resolution => ClockEvent::CaseResolved,
        }
    }
}

impl fmt::Display for ClockName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
