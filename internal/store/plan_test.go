package store

import (
	"slices"
	"testing"
)

// Postgres plans a question when it is first asked, and keeps the plan while the connection lives and nobody has analysed the
// table anew. What was planned for a log of a few entries must serve the first busy day of a new municipality too.
func TestPlansOfANewLogServeALongOne(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	d := launched(t, s, 2028, 0)
	ask := func() {
		t.Helper()
		indexes := d.journal(d.decide(comment(d.n)))
		entries, err := s.WaitEntries(t.Context(), d.state.Stream, []uint64{d.state.Seq - 1, d.state.Seq})
		if err != nil || len(entries) != 2 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		if _, found, err := s.Receipt(t.Context(), d.state.Stream, entries[d.state.Seq].Event.Command); !found || err != nil {
			t.Fatal(found, err)
		}
		size, err := s.TreeSize(t.Context(), kommun)
		if err != nil || size != indexes[0]+1 {
			t.Fatalf("the log has %d entries, %v", size, err)
		}
		for _, look := range []func() error{
			func() error { _, err := s.TreeHash(t.Context(), kommun, size); return err },
			func() error { _, err := s.RegistryNumber(t.Context(), kommun); return err },
			func() error { _, err := s.Doorstep(t.Context(), kommun, SecretHash{}, "", d.now); return err },
			func() error { _, _, err := s.Unsigned(t.Context(), kommun); return err },
		} {
			if err := look(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 20 { // some times each, so that the plans are kept
		ask()
	}
	const many = 2000
	var last []uint64
	for range many / 100 {
		var events = d.decide(comment(d.n))
		for range 99 {
			events = append(events, d.decide(comment(d.n))...)
		}
		last = d.journal(events)
	}
	if slices.Max(last) < many {
		t.Fatalf("the log has %d entries", slices.Max(last))
	}
	before := s.read(t)
	const times = 10
	for range times {
		ask()
	}
	for what, rows := range s.read(t) {
		if each := (rows - before[what]) / times; each > 100 {
			t.Errorf("%s: %d rows are read for one command and its receipt, of a log of %d entries", what, each, many)
		}
	}
}

// read is how many rows have been read so far by each index, and of each table without one.
func (s *Store) read(t *testing.T) map[string]int64 {
	t.Helper()
	// Each connection of the pool tells what it has read, when it is asked to.
	for _, conn := range s.pool.AcquireAllIdle(t.Context()) {
		if _, err := conn.Exec(t.Context(), "select pg_stat_force_next_flush()"); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), "select 1"); err != nil {
			t.Fatal(err)
		}
		conn.Release()
	}
	rows, err := s.pool.Query(t.Context(), `
		select indexrelname, idx_tup_read from pg_stat_user_indexes
		union all select relname, seq_tup_read from pg_stat_user_tables where relname in ('entry', 'entry_hash')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]int64{}
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		all[name] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
