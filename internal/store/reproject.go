package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Reproject computes a stream's rows of the read model anew from its entries, and writes those that are others: after a
// release that shows something in another way than the one that wrote them. It gives how many rows it wrote or removed.
// A stream that this build cannot follow is left as it is.
func (s *Store) Reproject(ctx context.Context, stream string) (rows int, err error) {
	var r Recounted
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// As when a batch is written: nobody else writes the stream meanwhile.
		var end uint64
		if err := lockThen(ctx, tx, "stream", stream, &end, lastSeq, stream); err != nil {
			return err
		}
		if r, err = recountIn(ctx, tx, stream); err != nil || r.Newer || r.State.Seq == 0 {
			return err
		}
		if r.Broken != 0 {
			return fmt.Errorf("store: entry %d of %s does not follow from those before it: the rows are left as they are", r.Broken, stream)
		}
		batch, differ := replacing(r.has, r.want)
		if rows = differ; rows == 0 {
			return nil
		}
		return tx.SendBatch(ctx, batch).Close()
	})
	return rows, err
}
