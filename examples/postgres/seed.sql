INSERT INTO users SELECT n, 'user ' || n, 'u' || n || '@example.com' FROM generate_series(1, 50000) n;

INSERT INTO orders (user_id, cents) SELECT id, 100 * n + id % 100 FROM users, generate_series(1, 5) n;

ANALYZE;
