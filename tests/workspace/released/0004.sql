INSERT INTO workshops (code, team, team_key, rubric_id, rubric, anonymous, smallest_group, roles, created_at, revealed_at, closed_at, snapshot) VALUES
  ('Y3W3JY', 'Ads', 'ads', 'toy', '{"id": "toy", "version": "1.0.0", "title": "A toy rubric", "description": null, "answers": [{"value": 0.0, "label": "Level 0"}, {"value": 1.0, "label": "Level 1"}, {"value": 2.0, "label": "Level 2"}, {"value": 3.0, "label": "Level 3"}, {"value": 4.0, "label": "Level 4"}], "respondents": "mean", "combine": "mean", "levels": null, "sections": [{"id": "data", "title": "Data", "description": null, "weight": 1.0, "combine": "mean", "sections": [], "questions": [{"id": "q1", "question": "Question 1?", "weight": 1.0, "descriptors": null, "evidence": null, "roles": []}, {"id": "q2", "question": "Question 2?", "weight": 1.0, "descriptors": null, "evidence": null, "roles": []}, {"id": "q3", "question": "Question 3?", "weight": 1.0, "descriptors": null, "evidence": null, "roles": []}]}], "questions": []}', TRUE, 3, '["Data", "Gr\u00f6\u00dfe"]', '2026-11-24 16:37:24.633466', '2026-11-24 16:37:24.908799', NULL, '{"pictures": [[{"person": 3175510884501010508, "role": "Gr\u00f6\u00dfe", "answers": {"q1": 0, "q2": 4}, "comments": {"q1": "it''s 0: 100 %", "q3": "taken back"}, "respondent": "r01"}, {"person": 3827448330411058385, "role": "Data", "answers": {"q1": 1, "q2": "dk"}, "comments": {"q1": "it''s 1: 100 %"}, "respondent": "r02"}, {"person": 1087212842115265703, "role": "Data", "answers": {"q1": 3, "q2": 4}, "comments": {}, "respondent": "r03"}, {"person": 4369765560543545897, "role": "Data", "answers": {"q1": 2, "q2": "na"}, "comments": {"q1": "it''s 2: 100 %"}, "respondent": "r04"}]], "held_back": 0}');
INSERT INTO participants (id, workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  (1087212842115265703, (SELECT id FROM workshops WHERE code = 'Y3W3JY'), '7326a839bc0b44fb4a2abbf379f7811798601f4f14785575ce71258ccc9b630e', 'Data', '', FALSE, '1bc1ae0d4301449221494b504c8f9a841343e235ab0318191bd444d3bdb70b5c');
INSERT INTO participants (id, workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  (3175510884501010508, (SELECT id FROM workshops WHERE code = 'Y3W3JY'), '1c82c49c52f67302699b5d71accdd631687cb9035595e18193a999df94876fd0', 'Größe', '', TRUE, '16db721ec567f1941d7df128b7085f3bda1a26cd66166b6465e4e7657691d47d');
INSERT INTO participants (id, workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  (3827448330411058385, (SELECT id FROM workshops WHERE code = 'Y3W3JY'), '6154da39380a61ef45b6801d44524d758aeb84e8c68e6bff648c3b133096a21b', 'Data', '', FALSE, 'c9a3705296afd3f48375215c7fcd5ac510489c800d0c346bb425a673b94cceee');
INSERT INTO participants (id, workshop_id, token_hash, role, name, finished, revealed_digest) VALUES
  (4369765560543545897, (SELECT id FROM workshops WHERE code = 'Y3W3JY'), 'aecefa450d3c3d5262d6a79852ff1e6c474ea4316e68a3fc1720bf14fea6c559', 'Data', '', FALSE, 'dc5e1967494b2d44b0fdfd017fa69863387f1fb02fefefef33c20e9b27820077');
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '7326a839bc0b44fb4a2abbf379f7811798601f4f14785575ce71258ccc9b630e'), 'q1', '3.0', '', 4);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '7326a839bc0b44fb4a2abbf379f7811798601f4f14785575ce71258ccc9b630e'), 'q2', '4.0', '', 5);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '1c82c49c52f67302699b5d71accdd631687cb9035595e18193a999df94876fd0'), 'q1', '0.0', 'it''s 0: 100 %', 1);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '1c82c49c52f67302699b5d71accdd631687cb9035595e18193a999df94876fd0'), 'q2', '4.0', '', 2);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '1c82c49c52f67302699b5d71accdd631687cb9035595e18193a999df94876fd0'), 'q3', NULL, 'taken back', 10);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '6154da39380a61ef45b6801d44524d758aeb84e8c68e6bff648c3b133096a21b'), 'q1', '1.0', 'it''s 1: 100 %', 2);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = '6154da39380a61ef45b6801d44524d758aeb84e8c68e6bff648c3b133096a21b'), 'q2', '"dk"', '', 3);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = 'aecefa450d3c3d5262d6a79852ff1e6c474ea4316e68a3fc1720bf14fea6c559'), 'q1', '2.0', 'it''s 2: 100 %', 3);
INSERT INTO answers (participant_id, question, answer, comment, sequence) VALUES
  ((SELECT id FROM participants WHERE token_hash = 'aecefa450d3c3d5262d6a79852ff1e6c474ea4316e68a3fc1720bf14fea6c559'), 'q2', '"na"', '', 4);
INSERT INTO decisions (workshop_id, question, agreed, note, owner) VALUES
  ((SELECT id FROM workshops WHERE code = 'Y3W3JY'), 'q1', 2.5, 'Next quarter; with "Bo"', 'Bo');
INSERT INTO decisions (workshop_id, question, agreed, note, owner) VALUES
  ((SELECT id FROM workshops WHERE code = 'Y3W3JY'), 'q2', NULL, 'To be seen', '');
