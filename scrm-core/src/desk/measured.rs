//! How is the desk doing? Its record measured, kept up to date as the log grows.
//!
//! Read [`Desk::measures`] first. The log is read once and then only what was added since. What was measured can be kept by
//! the host and handed back after a start ([`Desk::keep`]).

use std::ops::ControlFlow;

use super::Desk;
use crate::measure::{
    Audit, AuditFacts, Brief, BriefQuery, Company, Days, Forecast, ForecastQuery, Frame, Measure, Measures,
    Table,
};
use crate::model::{CaseChange, Event, MessageKey};
use crate::record::{Entry, Store, StoreError, entry_as_of};

/// Events that are read before what they say is looked up.
const STEP: usize = 1024;

impl<S: Store> Desk<S> {
    /// All that is measured of the record, up to the last event of its log.
    ///
    /// The desk reads the log once and then only what was added since; an erasure makes it begin anew.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn measures(&mut self) -> Result<&Measures, StoreError> {
        let zone = self.engine.playbook().calendars.default_calendar().tz();
        let known = self.measured.take().filter(|measures| measures.fits(zone));
        let mut measures = match known {
            Some(measures) if self.has_event(measures.read())? => measures,
            _ => self.nothing_measured()?,
        };
        while self.measure_on(&mut measures)? {}
        Ok(self.measured.insert(measures))
    }

    /// Goes on from what was measured before, of this record and this tenant: then only what was added to the log since is
    /// read. What does not fit (another version or zone, another record) is not used.
    pub fn keep(&mut self, measures: Measures) {
        self.measured = Some(measures);
    }

    /// What measures ask of this desk's playbook: its monitors and the names of its brands; every day.
    pub fn frame(&self) -> Frame {
        let monitors = &self.engine.playbook().monitors;
        let brands = monitors.brands.iter().map(|(id, brand)| (id.clone(), brand.name.clone()));
        let mut frame = Frame::default();
        frame.monitors = monitors.monitors.keys().cloned().collect();
        frame.brands = brands.collect();
        frame
    }

    /// One measure of the record, as a table.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn measure(&mut self, measure: Measure, frame: &Frame) -> Result<Table, StoreError> {
        Ok(self.measures()?.table(measure, frame))
    }

    /// What a manager reads of one day: what is out of the usual, what waits, and what to do first.
    ///
    /// ```
    /// # use scrm_core::{desk::Desk, engine::Engine, playbook::Playbook, record::MemoryStore};
    /// # let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    /// # let playbook = Playbook::load(format!("{root}/examples/playbooks/northwind")).unwrap();
    /// # let mut desk = Desk::open(Engine::compile(&playbook).unwrap(), MemoryStore::new());
    /// let day = "2026-11-02".parse::<chrono::NaiveDate>().unwrap();
    /// let brief = desk.brief(day).unwrap();
    /// assert_eq!(brief.volume.count, 0);
    /// assert!(brief.to_string().starts_with("BRIEF of 2026-11-02"));
    /// ```
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn brief(&mut self, query: impl Into<BriefQuery>) -> Result<Brief, StoreError> {
        let frame = self.frame();
        self.measures()?;
        let Some(measures) = self.measured.take() else { return Ok(Brief::default()) };
        let playbook = self.engine.playbook();
        let company = Company { team: &playbook.team, calendars: &playbook.calendars };
        let (store, tenant) = (&mut self.store, &self.tenant);
        let mut look = |key: &MessageKey| store.entry(tenant, key);
        let brief = Brief::of(&measures, &query.into(), &frame, company, &mut look);
        self.measured = Some(measures);
        brief
    }

    /// How much work will come to each department, and whether its people can do it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn forecast(&mut self, query: impl Into<ForecastQuery>) -> Result<Forecast, StoreError> {
        self.measures()?;
        let nothing = Measures::new(self.engine.playbook().calendars.default_calendar().tz());
        let measures = self.measured.as_ref().unwrap_or(&nothing);
        Ok(Forecast::of(measures, &query.into(), self.company()))
    }

    /// The audit of some days: what the record says, and what people attest in the playbook. `last` is the audit before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn audit(&mut self, days: Days, last: Option<&Audit>) -> Result<Audit, StoreError> {
        let frame = self.frame().over(days);
        self.measures()?;
        let playbook = self.engine.playbook();
        let nothing = Measures::new(playbook.calendars.default_calendar().tz());
        let measures = self.measured.as_ref().unwrap_or(&nothing);
        let rules = playbook.protocol.rules();
        let topics = &playbook.topics.0;
        let mut facts = AuditFacts::default();
        facts.rules = rules.len() as u64;
        facts.rules_without_owner = rules.iter().filter(|rule| rule.owner.trim().is_empty()).count() as u64;
        facts.topics = topics.len() as u64;
        facts.topics_without_owner = topics.values().filter(|topic| topic.owner.is_none()).count() as u64;
        Ok(Audit::of(measures, &frame, self.company(), facts, &playbook.attestations, last))
    }

    fn company(&self) -> Company<'_> {
        let playbook = self.engine.playbook();
        Company { team: &playbook.team, calendars: &playbook.calendars }
    }

    fn nothing_measured(&mut self) -> Result<Measures, StoreError> {
        let zone = self.engine.playbook().calendars.default_calendar().tz();
        let last = self.store.commit(&self.tenant, &[])?.last;
        Ok(Measures::new(zone).begun_at(last))
    }

    fn has_event(&mut self, seq: u64) -> Result<bool, StoreError> {
        let mut found = seq == 0;
        self.store.log(&self.tenant, seq.saturating_sub(1), &mut |at, _| {
            found = at == seq;
            ControlFlow::Break(())
        })?;
        Ok(found || seq == 0)
    }

    /// Reads some more of the log; whether there may be more of it.
    fn measure_on(&mut self, measures: &mut Measures) -> Result<bool, StoreError> {
        let mut events: Vec<(u64, Event)> = Vec::new();
        self.store.log(&self.tenant, measures.read(), &mut |seq, event| {
            events.push((seq, event));
            if events.len() < STEP { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        // What was read before somebody was erased is not what the log says now.
        let erased =
            |(seq, event): &(u64, Event)| matches!(event, Event::Erased { .. }) && *seq > measures.begun();
        if events.iter().any(erased) {
            *measures = self.nothing_measured()?;
            return Ok(true);
        }
        let more = events.len() == STEP;
        for (seq, event) in events {
            measures.event(seq, &event);
            match event {
                Event::Captured { message, assessment } => {
                    let key = message.key();
                    if measures.may_know(&key) {
                        self.measure_again(measures, &key, seq)?;
                    } else {
                        measures.add(&Entry { message: *message, assessment: *assessment, versions: 1 });
                    }
                }
                Event::CaseChanged { case, change, .. } if matches!(*change, CaseChange::Reopened { .. }) => {
                    if let Some(known) = self.store.case(&self.tenant, &case)? {
                        measures.reopened(&known.case);
                    }
                }
                Event::Labelled { label } => self.measure_again(measures, &label.message, seq)?,
                _ => {}
            }
        }
        Ok(more)
    }

    /// A message that may be counted already was changed by an event.
    fn measure_again(
        &mut self,
        measures: &mut Measures,
        key: &MessageKey,
        seq: u64,
    ) -> Result<(), StoreError> {
        let before = entry_as_of(&mut self.store, &self.tenant, key, seq.saturating_sub(1))?;
        let after = entry_as_of(&mut self.store, &self.tenant, key, seq)?;
        if let Some(before) = before {
            measures.take(&before);
        }
        if let Some(after) = after {
            measures.add(&after);
        }
        Ok(())
    }
}
