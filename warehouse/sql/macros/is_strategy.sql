CREATE MACRO is_strategy(kind) AS kind IN ('strategy', 'action-plan', 'plan', 'roadmap', 'framework', 'strategy-proposal');
COMMENT ON MACRO is_strategy IS 'True for the kinds that set direction: strategies, action plans, plans, roadmaps, frameworks and proposals of them.';
