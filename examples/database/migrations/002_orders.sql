CREATE TABLE orders (id INTEGER PRIMARY KEY, user INTEGER NOT NULL REFERENCES users (id), cents INTEGER NOT NULL);
CREATE INDEX orders_user ON orders (user);
