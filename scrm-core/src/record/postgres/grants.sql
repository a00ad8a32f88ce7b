-- Run by whoever opened the record first: that user owns its tables, and changes their format in later versions.
GRANT USAGE ON SCHEMA scrm TO desk, analyst;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA scrm TO desk;
GRANT SELECT ON scrm.v_messages, scrm.v_decisions, scrm.v_cases, scrm.v_responses, scrm.v_quarantine, scrm.v_daily,
    scrm.v_incidents, scrm.v_authors, scrm.v_customers, scrm.v_links, scrm.v_labels, scrm.v_transactions TO analyst;
