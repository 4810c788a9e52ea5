CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    cents bigint NOT NULL
);

CREATE INDEX orders_of_user ON orders (user_id);
