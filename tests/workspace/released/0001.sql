INSERT INTO workshops (code, team, team_key, rubric_id, rubric, anonymous, smallest_group, roles, created_at, revealed_at, closed_at, snapshot) VALUES
  ('WTJYK4', 'Search', 'search', 'toy', '{"id": "toy", "version": "1.0.0", "title": "A toy rubric", "description": null, "answers": [{"value": 0.0, "label": "Level 0"}, {"value": 1.0, "label": "Level 1"}, {"value": 2.0, "label": "Level 2"}, {"value": 3.0, "label": "Level 3"}, {"value": 4.0, "label": "Level 4"}], "respondents": "mean", "combine": "mean", "levels": null, "sections": [{"id": "data", "title": "Data", "description": null, "weight": 1.0, "combine": "mean", "sections": [], "questions": [{"id": "q1", "question": "Question 1?", "weight": 1.0, "descriptors": null, "evidence": null, "roles": []}, {"id": "q2", "question": "Question 2?", "weight": 1.0, "descriptors": null, "evidence": null, "roles": []}, {"id": "q3", "question": "Question 3?", "weight": 1.0, "descriptors": null, "evidence": null, "roles": []}]}], "questions": []}', TRUE, 3, '["Data", "Gr\u00f6\u00dfe"]', '2026-11-24 16:37:04.886129', '2026-11-24 16:37:05.436496', '2026-11-24 16:37:05.564060', '{"pictures": [[{"person": 4, "role": "Data", "answers": {"q1": 3, "q2": 4}, "comments": {}, "respondent": "r01"}, {"person": 2, "role": "Data", "answers": {"q1": 1, "q2": "dk"}, "comments": {"q1": "it''s 1: 100 %"}, "respondent": "r02"}, {"person": 1, "role": "Gr\u00f6\u00dfe", "answers": {"q1": 0, "q2": 4}, "comments": {"q1": "it''s 0: 100 %", "q3": "taken back"}, "respondent": "r03"}, {"person": 3, "role": "Data", "answers": {"q1": 2, "q2": "na"}, "comments": {"q1": "it''s 2: 100 %"}, "respondent": "r04"}]], "held_back": 1}');
INSERT INTO workshops (code, team, team_key, rubric_id, rubric, anonymous, smallest_group, roles, created_at, revealed_at, closed_at, snapshot) VALUES
  ('VR73DN', 'Ranking & Größe', 'ranking & grösse', 'toy', '{"id": "toy", "version": "1.0.0", "title": "A toy rubric", "description": null, "answers": [{"value": 0.0, "label": "Level 0"}, {"value": 1.0, "label": "Level 1"}, {"value": 2.0, "label": "Level 2"}, {"value": 3.0, "label": "Level 3"}, {"value": 4.0, "label": "Level 4"}], "respondents": "mean", "combine": "mean", "levels": null, "sections": [{"id": "data", "title": "Data", "description": null, "weight": 1.0, "combine": "mean", "sections": [], "questions": [{"id": "q1", "question": "Question 1?", "weight": 1.0, "descriptors": null, "evidence": null, "roles": []}, {"id": "q2", "question": "Question 2?", "weight": 1.0, "descriptors": null, "evidence": null, "roles": []}, {"id": "q3", "question": "Question 3?", "weight": 1.0, "descriptors": null, "evidence": null, "roles": []}]}], "questions": []}', FALSE, 5, '[]', '2026-11-24 16:37:05.602224', NULL, NULL, NULL);
INSERT INTO participants (workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  ((SELECT id FROM workshops WHERE code = 'WTJYK4'), '1bdb8267f06bb8c0d441018c58979b43646777937bf2c0503563292bde5ca0fb', 'Größe', '', TRUE, '16db721ec567f1941d7df128b7085f3bda1a26cd66166b6465e4e7657691d47d');
INSERT INTO participants (workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  ((SELECT id FROM workshops WHERE code = 'WTJYK4'), '3a143792e38d937a383d356aade882b59c7e358998893f70a548c31d9dbf3cf7', 'Data', '', FALSE, 'c9a3705296afd3f48375215c7fcd5ac510489c800d0c346bb425a673b94cceee');
INSERT INTO participants (workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  ((SELECT id FROM workshops WHERE code = 'WTJYK4'), 'a6f73e644d6d5f2efc69f6c8a1becbb7f94f0a5e03c8f920296d1e4f1559acde', 'Data', '', FALSE, 'dc5e1967494b2d44b0fdfd017fa69863387f1fb02fefefef33c20e9b27820077');
INSERT INTO participants (workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  ((SELECT id FROM workshops WHERE code = 'WTJYK4'), '8c7fc6746b655e38ab4ebfc2449854cf6815a6eafdd1fac324b796498d78d3fb', 'Data', '', FALSE, '1bc1ae0d4301449221494b504c8f9a841343e235ab0318191bd444d3bdb70b5c');
INSERT INTO participants (workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  ((SELECT id FROM workshops WHERE code = 'VR73DN'), 'c794f13364b23db47b5559496d4c8ff9111e8d21c018c309efa66749e1272d12', '', 'Ann', FALSE, '');
INSERT INTO participants (workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  ((SELECT id FROM workshops WHERE code = 'VR73DN'), '59f6322d15181e217fc3a4968cb0464cc08c7e75d4494b2e237466ae5018ec59', '', 'Bo O''Neil', TRUE, '');
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '1bdb8267f06bb8c0d441018c58979b43646777937bf2c0503563292bde5ca0fb'), 'q1', '0.0', 'it''s 0: 100 %', 1);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '1bdb8267f06bb8c0d441018c58979b43646777937bf2c0503563292bde5ca0fb'), 'q2', '4.0', '', 2);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '1bdb8267f06bb8c0d441018c58979b43646777937bf2c0503563292bde5ca0fb'), 'q3', NULL, 'taken back', 10);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '3a143792e38d937a383d356aade882b59c7e358998893f70a548c31d9dbf3cf7'), 'q1', '1.0', 'it''s 1: 100 %', 2);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '3a143792e38d937a383d356aade882b59c7e358998893f70a548c31d9dbf3cf7'), 'q2', '"dk"', '', 3);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = 'a6f73e644d6d5f2efc69f6c8a1becbb7f94f0a5e03c8f920296d1e4f1559acde'), 'q1', '2.0', 'it''s 2: 100 %', 3);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = 'a6f73e644d6d5f2efc69f6c8a1becbb7f94f0a5e03c8f920296d1e4f1559acde'), 'q2', '"na"', '', 4);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '8c7fc6746b655e38ab4ebfc2449854cf6815a6eafdd1fac324b796498d78d3fb'), 'q1', '0.0', 'later', 20);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '8c7fc6746b655e38ab4ebfc2449854cf6815a6eafdd1fac324b796498d78d3fb'), 'q2', '4.0', '', 5);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = 'c794f13364b23db47b5559496d4c8ff9111e8d21c018c309efa66749e1272d12'), 'q2', '0.0', 'said Ann', 3);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '59f6322d15181e217fc3a4968cb0464cc08c7e75d4494b2e237466ae5018ec59'), 'q2', '1.0', 'said Bo O''Neil', 3);
INSERT INTO decisions (workshop_id, question, agreed, note, owner) VALUES
  ((SELECT id FROM workshops WHERE code = 'WTJYK4'), 'q1', 2.5, 'Next quarter; with "Bo"', 'Bo');
INSERT INTO decisions (workshop_id, question, agreed, note, owner) VALUES
  ((SELECT id FROM workshops WHERE code = 'WTJYK4'), 'q2', NULL, 'To be seen', '');
