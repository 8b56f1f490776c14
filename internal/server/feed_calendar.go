package server

import (
	"context"
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"

	"arshjul/domain"
	"arshjul/internal/store"
)

// day is a line of a calendar: a step's last day, or a meeting.
type day struct {
	uid, title, about, link string
	date                    domain.Date
	status                  ics.ObjectStatus
}

// digest covers what is a change to whoever has it in a calendar.
func (d *day) digest() domain.Digest {
	return domain.DigestOf([]byte(strings.Join([]string{string(d.date), d.title, d.about, string(d.status)}, "\x00")))
}

// calendarOf makes a calendar. It has no name of a person in it.
func (s *Server) calendarOf(ctx context.Context, f *store.Feed, base string, now domain.Instant) ([]byte, error) {
	days, title, err := s.daysOf(ctx, f, base, now)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(days, func(a, b day) int { return strings.Compare(a.uid, b.uid) })
	days = slices.CompactFunc(days, func(a, b day) bool { return a.uid == b.uid })
	uids, digests := make([]string, len(days)), make([]domain.Digest, len(days))
	for i := range days {
		uids[i], digests[i] = days[i].uid, days[i].digest()
	}
	told, err := s.Store.TellFeeds(ctx, s.Kommun, uids, digests, now)
	if err != nil {
		return nil, err
	}
	cal := ics.NewCalendarFor("arshjul")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(title)
	cal.SetName(title)
	cal.SetRefreshInterval("PT1H", ics.WithValue("DURATION"))
	cal.SetXPublishedTTL("PT1H")
	for _, d := range days {
		e := cal.AddEvent(d.uid)
		e.SetDtStampTime(told[d.uid].Changed.Time())
		e.SetSequence(told[d.uid].Sequence)
		e.SetProperty(ics.ComponentPropertyDtStart, wholeDay(d.date), ics.WithValue(string(ics.ValueDataTypeDate)))
		e.SetProperty(ics.ComponentPropertyDtEnd, wholeDay(d.date.Add(1)), ics.WithValue(string(ics.ValueDataTypeDate)))
		e.SetSummary(d.title)
		e.SetDescription(d.about)
		e.SetURL(d.link)
		e.SetStatus(d.status)
		e.SetTimeTransparency(ics.TransparencyTransparent) // a last day keeps nobody busy
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows)), nil
}

// wholeDay writes a civil date as calendars do.
func wholeDay(d domain.Date) string { return strings.ReplaceAll(string(d), "-", "") }

// daysOf gathers what a calendar shows.
func (s *Server) daysOf(ctx context.Context, f *store.Feed, base string, now domain.Instant) (days []day, title string, err error) {
	if f.Kind == store.FeedCycle {
		c, err := s.Store.Cycle(ctx, f.Target)
		if err != nil {
			return nil, "", err
		}
		days, err = s.stepDays(ctx, f, f.Target, base, now)
		if err != nil {
			return nil, "", err
		}
		// Every meeting of the years that a cycle lasts, so that a step that moves changes itself alone.
		meetings, err := s.meetingDays(ctx, c.Source, base, func(m *domain.Meeting) bool { return m.Date.Year() >= c.Year-2 && m.Date.Year() <= c.Year+1 })
		return append(days, meetings...), cycleTitle(c.Year, c.Exercise), err
	}
	cycles, err := s.Store.OpenCycles(ctx, s.Kommun)
	if err != nil {
		return nil, "", err
	}
	for i := range cycles {
		more, err := s.stepDays(ctx, f, cycles[i].Stream, base, now)
		if err != nil {
			return nil, "", err
		}
		days = append(days, more...)
	}
	title = "Årshjulet: det som rör mig"
	registry := domain.RegistryStream(s.Kommun)
	mine := map[domain.UnitID]bool{domain.UnitID(f.Target): true}
	err = s.Store.View(ctx, registry, func(st *domain.State) error {
		if st.Registry == nil {
			return nil
		}
		if u := st.Registry.Unit(domain.UnitID(f.Target)); u != nil {
			title = "Årshjulet: " + u.Name
		}
		for _, b := range st.Registry.Bindings {
			if f.Kind == store.FeedPerson && b.Person == f.Person && (b.To == "" || b.To >= now.Date()) {
				mine[b.Unit] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	meetings, err := s.meetingDays(ctx, registry, base, func(m *domain.Meeting) bool { return mine[m.Unit] })
	return append(days, meetings...), title, err
}

// stepDays gives the last days of a cycle's steps that the calendar is about.
func (s *Server) stepDays(ctx context.Context, f *store.Feed, stream, base string, now domain.Instant) (days []day, err error) {
	concerned := map[domain.StepID]bool{}
	if f.Kind == store.FeedPerson {
		err := s.Store.View(ctx, stream, func(st *domain.State) error {
			for _, c := range domain.Concerns(st, f.Person, st.Clock(now).Date()) {
				concerned[c.Step] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	rows, err := s.Store.Steps(ctx, stream)
	for i := range rows {
		row := &rows[i]
		if row.Plan == "" || f.Kind == store.FeedPerson && !concerned[row.ID] || f.Kind == store.FeedUnit && string(row.Unit) != f.Target {
			continue
		}
		d := day{uid: stream + "/" + string(row.ID) + "@arshjul", date: row.Plan, title: "Senast: " + row.Title + ", " + row.UnitName,
			about: "Årshjulet: " + row.Title + " för " + row.UnitName + " ska vara klart senast den " + row.Plan.Swedish() + ".",
			link:  base + stepPath(stream, row.ID), status: ics.ObjectStatusConfirmed}
		if row.Legal != "" {
			d.about += " Lagens gräns är den " + row.Legal.Swedish() + "."
		}
		switch {
		case row.Status == domain.StatusVoid:
			d.status, d.title = ics.ObjectStatusCancelled, "Utgår: "+row.Title+", "+row.UnitName
		case row.Done:
			d.title = "Klart: " + row.Title + ", " + row.UnitName
		}
		if strings.HasPrefix(stream, "exercise/") {
			d.title = "ÖVNING. " + d.title
		}
		days = append(days, d)
	}
	return days, err
}

func (s *Server) meetingDays(ctx context.Context, source, base string, wanted func(*domain.Meeting) bool) (days []day, err error) {
	err = s.Store.View(ctx, source, func(st *domain.State) error {
		if st.Registry == nil {
			return nil
		}
		for i := range st.Registry.Meetings {
			m := &st.Registry.Meetings[i]
			if !wanted(m) {
				continue
			}
			name := string(m.Unit)
			if u := st.Registry.Unit(m.Unit); u != nil {
				name = u.Name
			}
			d := day{uid: source + "/" + string(m.ID) + "@arshjul", date: m.Date, title: name + ", sammanträde",
				about: "Sammanträde i " + name + ".", link: base + "/", status: ics.ObjectStatusConfirmed}
			switch m.Status {
			case domain.MeetingProposed:
				d.status, d.about = ics.ObjectStatusTentative, "Föreslaget sammanträde i "+name+", inte fastställt än."
			case domain.MeetingCancelled:
				d.status, d.title = ics.ObjectStatusCancelled, "Inställt: "+d.title
			}
			if strings.HasPrefix(source, "exercise/") {
				d.title = "ÖVNING. " + d.title
			}
			days = append(days, d)
		}
		return nil
	})
	return days, err
}
