INSERT INTO plans (name, name_key, newest) VALUES
  ('Größe', 'grösse', 2);
INSERT INTO plan_versions (plan_id, version, title, note, saved_at, plan, forecast) VALUES
  ((SELECT id FROM plans WHERE name_key = 'grösse'), 1, 'A toy plan', 'it''s 1', '2026-11-24 16:37:11.810211', '{"title": "A toy plan", "start": "2027-01-04", "tasks": [{"id": "pipeline", "weeks": {"low": 1.0, "likely": 3.0, "high": 8.0, "distribution": "pert"}, "after": []}, {"id": "rollout", "weeks": 1.0, "after": ["pipeline"]}], "risks": []}', '{"draws": 16384, "weeks": {"p80": 8.25}}');
INSERT INTO plan_versions (plan_id, version, title, note, saved_at, plan, forecast) VALUES
  ((SELECT id FROM plans WHERE name_key = 'grösse'), 2, 'A toy plan', 'it''s 2', '2026-11-24 16:37:11.824697', '{"title": "A toy plan", "start": "2027-01-04", "tasks": [{"id": "pipeline", "weeks": {"low": 1.0, "likely": 3.0, "high": 8.0, "distribution": "pert"}, "after": []}, {"id": "rollout", "weeks": 2.0, "after": ["pipeline"]}], "risks": []}', '{"draws": 16384, "weeks": {"p80": 9.25}}');
