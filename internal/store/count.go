package store

import (
	"context"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

type queryCount struct{}

// CountQueries gives a context in which every question to the database is counted, and the count: pages have a budget of
// them. A batch is one.
func CountQueries(ctx context.Context) (context.Context, *atomic.Int64) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, queryCount{}, n), n
}

// counter counts for whoever asks; it is told by every connection.
type counter struct{}

func (counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if n, ok := ctx.Value(queryCount{}).(*atomic.Int64); ok {
		n.Add(1)
	}
	return ctx
}

func (counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (counter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	if n, ok := ctx.Value(queryCount{}).(*atomic.Int64); ok {
		n.Add(1)
	}
	return ctx
}

func (counter) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (counter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
