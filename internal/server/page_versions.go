package server

import (
	"slices"

	"arshjul/domain"
	"arshjul/internal/store"
)

// versionRow is one version of what was submitted, with what it changed.
type versionRow struct {
	No        int
	Current   bool
	Day, Who  string
	Hash      domain.Digest
	Reference string
	Documents []documentRow
	Fields    []fieldRow
	Changed   int // documents and fields that differ from the version before
	Round     int
}

type documentRow struct {
	Title, Link string
	SHA256      domain.Digest
	Size        int64
	Change      string // "ny", "ändrad", "borttagen" since the version before; "" = as it was
	FileLess    bool
}

type fieldRow struct {
	Title, Value, Before string
	Change               string
}

// versionsOf tells the versions in a step's history, the newest first, each against the one before.
func versionsOf(def *domain.StepDef, entries []store.Entry, texts map[domain.TextRef]store.Text, who names, today domain.Date) (rows []versionRow) {
	var submitted []*domain.Event // the newest first
	for i := range entries {
		if e := &entries[i].Event; e.Kind == domain.EvSubmitted {
			submitted = append(submitted, e)
		}
	}
	for i, e := range submitted {
		row := versionRow{No: e.VersionNo, Current: i == 0, Day: longDay(e.At.Date(), today), Who: who.Name(e.Actor), Hash: e.Version, Reference: e.Reference, Round: max(e.Round, 1)}
		var before *domain.Event
		if i+1 < len(submitted) {
			before = submitted[i+1]
		}
		row.documents(def, e, before, texts)
		row.fields(def, e, before, texts)
		rows = append(rows, row)
	}
	return rows
}

func (v *versionRow) documents(def *domain.StepDef, e, before *domain.Event, texts map[domain.TextRef]store.Text) {
	title := func(id string) string {
		for _, d := range def.Documents {
			if d.ID == id {
				return d.Title
			}
		}
		return id
	}
	same := func(a, b domain.Document) bool {
		return a.SHA256 == b.SHA256 && readable(texts, a.Link) == readable(texts, b.Link)
	}
	for _, d := range e.Documents {
		row := documentRow{Title: title(d.Def), Link: readable(texts, d.Link), SHA256: d.SHA256, Size: d.Size, FileLess: d.Size == 0 && d.Link != ""}
		if before != nil {
			i := slices.IndexFunc(before.Documents, func(o domain.Document) bool { return o.Def == d.Def })
			if i < 0 {
				row.Change = "ny"
			} else if !same(before.Documents[i], d) {
				row.Change = "ändrad"
			}
		}
		v.add(&row)
	}
	if before != nil {
		for _, o := range before.Documents {
			if !slices.ContainsFunc(e.Documents, func(d domain.Document) bool { return d.Def == o.Def }) {
				v.add(&documentRow{Title: title(o.Def), SHA256: o.SHA256, Change: "borttagen"})
			}
		}
	}
}

func (v *versionRow) add(d *documentRow) {
	if d.Change != "" {
		v.Changed++
	}
	v.Documents = append(v.Documents, *d)
}

func (v *versionRow) fields(def *domain.StepDef, e, before *domain.Event, texts map[domain.TextRef]store.Text) {
	value := func(of *domain.Event, id string) string {
		if of == nil {
			return ""
		}
		for _, f := range of.Fields {
			if f.ID == id {
				return readable(texts, f.Value)
			}
		}
		return ""
	}
	for _, f := range def.Fields {
		row := fieldRow{Title: f.Title, Value: value(e, f.ID), Before: value(before, f.ID)}
		switch {
		case row.Value == "" && row.Before == "":
			continue
		case before == nil || row.Value == row.Before:
			row.Before = ""
		case row.Before == "":
			row.Change = "ny"
		case row.Value == "":
			row.Change = "borttagen"
		default:
			row.Change = "ändrad"
		}
		if row.Change != "" {
			v.Changed++
		}
		v.Fields = append(v.Fields, row)
	}
}

// textRefs lists the texts that the entries commit to.
func textRefs(entries []store.Entry) (refs []domain.TextRef) {
	for i := range entries {
		e := &entries[i].Event
		refs = append(refs, e.Text)
		if e.Kind == domain.EvSubmitted || e.Kind == domain.EvHeld {
			for _, d := range e.Documents {
				refs = append(refs, d.Link)
			}
			refs = append(refs, fieldRefs(e)...)
			refs = append(refs, aimRefs(e)...)
		}
	}
	return refs
}
