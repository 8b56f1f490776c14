package server

import (
	"context"
	"net/http"
	"strconv"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

const (
	usualPage   = 100
	longestPage = 1000
)

// journal answers a page of a log.
func (s *Server) journal(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	log := r.URL.Query().Get("log")
	if log == "" {
		log = s.Kommun
	}
	from, err := number(r, "from", 0)
	if err != nil {
		return nil, err
	}
	limit, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	size, err := s.Store.TreeSize(r.Context(), log)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.LogEntries(r.Context(), log, from, limit)
	if err != nil {
		return nil, err
	}
	page := api.Entries{Log: log, Size: size}
	if page.Entries, err = s.tellEntries(r.Context(), rows); err != nil {
		return nil, err
	}
	if next := from + uint64(len(rows)); len(rows) == limit && next < size {
		page.Next = &next
	}
	return page, nil
}

// entries answers a stream's entries, the newest first.
func (s *Server) entries(_ http.ResponseWriter, r *http.Request, _ domain.PersonID) (any, error) {
	if r.PathValue("year") != "" {
		if _, err := s.theCycle(r.Context(), stream(r)); err != nil {
			return nil, err
		}
	}
	before, err := number(r, "before", 0)
	if err != nil {
		return nil, err
	}
	limit, err := pageSize(r)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.History(r.Context(), stream(r), store.HistoryQuery{Before: before, Limit: limit})
	if err != nil {
		return nil, err
	}
	log := domain.LogOf(stream(r))
	page := api.Entries{Log: log}
	if page.Size, err = s.Store.TreeSize(r.Context(), log); err != nil {
		return nil, err
	}
	if page.Entries, err = s.tellEntries(r.Context(), rows); err != nil {
		return nil, err
	}
	if n := len(rows); n == limit && rows[n-1].Event.Seq > 1 {
		page.Next = &rows[n-1].Event.Seq
	}
	return page, nil
}

// tellEntries tells each entry in the words of its own stream.
func (s *Server) tellEntries(ctx context.Context, rows []store.Entry) ([]api.Entry, error) {
	told := make([]api.Entry, len(rows))
	done := map[string]bool{}
	for i := range rows {
		name := rows[i].Event.Stream
		if done[name] {
			continue
		}
		done[name] = true
		newest := uint64(0)
		for j := i; j < len(rows); j++ {
			if rows[j].Event.Stream == name {
				newest = max(newest, rows[j].Event.Seq)
			}
		}
		tell := func(st *domain.State) error {
			for j := i; j < len(rows); j++ {
				if rows[j].Event.Stream == name {
					told[j] = entryOf(st, &rows[j])
				}
			}
			return nil
		}
		if domain.Stateless(name) {
			if err := tell(domain.NewState(name)); err != nil {
				return nil, err
			}
			continue
		}
		if err := s.Store.ViewAt(ctx, name, newest, tell); err != nil {
			return nil, err
		}
	}
	return told, nil
}

func entryOf(st *domain.State, e *store.Entry) api.Entry {
	return api.Entry{Index: e.Index, Stream: e.Event.Stream, Seq: e.Event.Seq, At: e.Event.At, Kind: e.Event.Kind, Actor: e.Event.Actor,
		Text: domain.Sentence(st, &e.Event), Leaf: leafHash(e.Leaf), Event: e.Leaf}
}

func pageSize(r *http.Request) (int, error) {
	limit, err := number(r, "limit", usualPage)
	if limit < 1 || limit > longestPage {
		return 0, domain.Refuse(domain.CodeBadCommand, "limit är %d, och får vara från 1 till %d.", limit, longestPage)
	}
	return int(limit), err
}

// number reads a query parameter that is a whole number.
func number(r *http.Request, name string, otherwise uint64) (uint64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return otherwise, domain.Refuse(domain.CodeBadCommand, "%s är %q, och ska vara ett helt tal.", name, text)
	}
	return n, nil
}
