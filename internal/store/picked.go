package store

import "context"

// Place is where an entry stands: its stream, and its sequence number there.
type Place struct {
	Stream string
	Seq    uint64
}

// Picked gives the entries at some places with one question, in no order; what is not there is left out.
func (s *Store) Picked(ctx context.Context, places []Place) ([]Entry, error) {
	if len(places) == 0 {
		return nil, nil
	}
	streams, seqs := make([]string, len(places)), make([]int64, len(places))
	for i, p := range places {
		streams[i], seqs[i] = p.Stream, int64(p.Seq)
	}
	return queryEntries(ctx, s.pool, "where (stream, seq) in (select * from unnest($1::text[], $2::bigint[]))", streams, seqs)
}
