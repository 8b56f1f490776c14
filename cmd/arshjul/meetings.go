package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/calendarfile"
	"arshjul/internal/server/api"
)

func newImportMeetings(c *connection) *cobra.Command {
	var stream string
	var confirm, preview bool
	verb := &cobra.Command{
		Use:   "import-meetings FIL",
		Short: "Läs in sammanträden från CSV (enhet;datum;status) eller iCalendar",
		Long: `Läs in sammanträden från en CSV-fil med rubrikerna enhet;datum;status, eller från iCalendar. Det som är nytt läggs in, det
som har en annan dag flyttas, och ett föreslaget sammanträde får den dag som filen har för samma organ och månad. Det som
redan stämmer lämnas i fred, så samma fil kan läsas in igen. Se först vad som händer med --preview.`,
		Example: "  arshjul registry import-meetings sammantraden-2027.ics --confirm --preview --as PERSON",
		Args:    takes(1, 1, "filen"),
		RunE: func(verb *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return usagef("filen går inte att läsa: %v", err)
			}
			stream, registry, err := c.readRegistry(verb, stream)
			if err != nil {
				return err
			}
			meetings, err := calendarfile.Read(filepath.Base(args[0]), data, registry.Units)
			if err != nil {
				return err
			}
			if confirm {
				for i := range meetings {
					if meetings[i].Status == domain.MeetingProposed {
						meetings[i].Status = domain.MeetingConfirmed
					}
				}
			}
			plan := planMeetings(registry.Meetings, meetings)
			return c.changeMeetings(verb, stream, domain.DigestOf(data), plan, preview)
		},
	}
	streamFlag(verb, &stream)
	verb.Flags().BoolVar(&confirm, "confirm", false, "sammanträdena är fastställda")
	verb.Flags().BoolVar(&preview, "preview", false, "visa bara vad som skulle hända; inget ändras")
	return verb
}

func newProposeMeetings(c *connection) *cobra.Command {
	var stream string
	var year int
	var preview bool
	verb := &cobra.Command{
		Use:     "propose-meetings",
		Short:   "Föreslå sammanträden för de månader där organen inte har några",
		Example: "  arshjul registry propose-meetings --year 2028 --preview --as PERSON",
		Args:    takes(0, 0, ""),
		RunE: func(verb *cobra.Command, _ []string) error {
			if year < 2000 || year > 2100 {
				return usagef("ange kalenderåret, till exempel --year 2028")
			}
			stream, registry, err := c.readRegistry(verb, stream)
			if err != nil {
				return err
			}
			plan := meetingPlan{}
			for _, m := range calendarfile.ProposeMissing(registry.Units, registry.Meetings, year) {
				plan.changes = append(plan.changes, meetingChange{Kind: domain.CmdAddMeeting, Meeting: m})
			}
			return c.changeMeetings(verb, stream, domain.DigestOf(fmt.Append(nil, "förslag ", year)), plan, preview)
		},
	}
	streamFlag(verb, &stream)
	verb.Flags().IntVar(&year, "year", 0, "kalenderåret")
	verb.Flags().BoolVar(&preview, "preview", false, "visa bara vad som skulle hända; inget ändras")
	return verb
}

func (c *connection) readRegistry(verb *cobra.Command, named string) (stream string, registry api.Registry, err error) {
	if stream, err = c.registry(verb, named); err != nil {
		return stream, registry, err
	}
	if err := c.client().Get(verb.Context(), "/"+stream+"/registry", &registry); err != nil {
		return stream, registry, c.tell(verb, err, "")
	}
	return stream, registry, nil
}

// meetingChange is one command on the calendar.
type meetingChange struct {
	Kind    domain.CommandKind `json:"kind"`
	Meeting domain.Meeting     `json:"meeting"`
	From    domain.Date        `json:"from,omitempty"` // moved: the day it had
}

// meetingPlan is what makes the registry's calendar say what a file says.
type meetingPlan struct {
	changes []meetingChange
	same    int              // meetings that need no change
	left    []domain.Meeting // proposed in the registry, in a month for which the file has others, and not in the file
}

// planMeetings compares a file with the registry. A meeting is known by its id, or by its body and day; a proposal that the
// file does not know is the body's next new meeting of the same month.
func planMeetings(known, file []domain.Meeting) meetingPlan {
	var plan meetingPlan
	type month struct {
		unit  domain.UnitID
		month string
	}
	of := func(m domain.Meeting) month { return month{m.Unit, string(m.Date)[:len("2027-02")]} }
	var fresh []domain.Meeting
	found := map[domain.MeetingID]bool{}
	for _, m := range file {
		at := slices.IndexFunc(known, func(k domain.Meeting) bool { return k.ID == m.ID && k.Unit == m.Unit })
		if at < 0 {
			at = slices.IndexFunc(known, func(k domain.Meeting) bool { return k.Unit == m.Unit && k.Date == m.Date })
		}
		if at < 0 {
			fresh = append(fresh, m)
			continue
		}
		found[known[at].ID] = true
		plan.change(known[at], m)
	}
	proposals := map[month][]domain.Meeting{}
	for _, k := range known {
		if k.Status == domain.MeetingProposed && !found[k.ID] {
			proposals[of(k)] = append(proposals[of(k)], k)
		}
	}
	covered := map[month]bool{}
	for _, m := range file {
		covered[of(m)] = true
	}
	for _, m := range fresh {
		waiting := proposals[of(m)]
		switch {
		case m.Status == domain.MeetingCancelled:
			plan.same++ // a meeting that never came to be
		case len(waiting) > 0:
			proposals[of(m)] = waiting[1:]
			plan.change(waiting[0], m)
		default:
			plan.changes = append(plan.changes, meetingChange{Kind: domain.CmdAddMeeting, Meeting: m})
		}
	}
	for in, waiting := range proposals {
		if covered[in] {
			plan.left = append(plan.left, waiting...)
		}
	}
	slices.SortFunc(plan.left, func(a, b domain.Meeting) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID)) })
	return plan
}

// change plans what makes a known meeting what the file says.
func (p *meetingPlan) change(known, file domain.Meeting) {
	before := len(p.changes)
	next := known
	switch {
	case known.Status == domain.MeetingCancelled:
	case file.Status == domain.MeetingCancelled:
		next.Status = domain.MeetingCancelled
		p.changes = append(p.changes, meetingChange{Kind: domain.CmdCancelMeeting, Meeting: next})
	default:
		if next.Date = file.Date; next.Date != known.Date {
			p.changes = append(p.changes, meetingChange{Kind: domain.CmdMoveMeeting, Meeting: next, From: known.Date})
		}
		if file.Status == domain.MeetingConfirmed && known.Status == domain.MeetingProposed {
			next.Status = domain.MeetingConfirmed
			p.changes = append(p.changes, meetingChange{Kind: domain.CmdConfirmMeeting, Meeting: next})
		}
	}
	if len(p.changes) == before {
		p.same++
	}
}

// changeMeetings shows a plan and carries it out, one command for each change. The commands' ids follow from the source, so
// that one that is given twice is done once.
func (c *connection) changeMeetings(verb *cobra.Command, stream string, source domain.Digest, plan meetingPlan, preview bool) error {
	if plan.changes == nil {
		plan.changes = []meetingChange{}
	}
	var mails []api.PreviewMail
	count := 0
	if preview {
		var err error
		if mails, count, err = c.previewMeetings(verb, stream, source, plan); err != nil {
			return err
		}
	}
	if c.json && preview {
		return printValue(verb.OutOrStdout(), map[string]any{"changes": plan.changes, "same": plan.same, "mail_count": count, "mails": mails})
	}
	if !c.json {
		tellMeetings(verb.OutOrStdout(), &plan)
	}
	if preview {
		tellMails(verb.OutOrStdout(), mails, count)
		return nil
	}
	for _, ch := range plan.changes {
		command := ch.command(source)
		if _, err := c.client().Give(verb.Context(), stream, command); err != nil {
			return c.tell(verb, err, command.ID)
		}
	}
	if c.json {
		return printValue(verb.OutOrStdout(), map[string]any{"changes": plan.changes, "same": plan.same})
	}
	_, err := fmt.Fprintf(verb.OutOrStdout(), "Klart: %d ändringar i registret.\n", len(plan.changes))
	return err
}

// previewMeetings tells which mails the changes of a plan would send, each person's of a day as one.
func (c *connection) previewMeetings(verb *cobra.Command, stream string, source domain.Digest, plan meetingPlan) (mails []api.PreviewMail, count int, err error) {
	for _, ch := range plan.changes {
		if ch.Kind == domain.CmdConfirmMeeting {
			continue // moves nobody's day, and may follow on a move that has not been made
		}
		var p api.Preview
		command := ch.command(source)
		if err := c.client().Post(verb.Context(), "/"+stream+"/preview", command, &p); err != nil {
			return nil, 0, c.tell(verb, err, command.ID)
		}
		for _, m := range p.Mails {
			at := slices.IndexFunc(mails, func(o api.PreviewMail) bool { return o.Person == m.Person && o.Day == m.Day && o.Urgent == m.Urgent })
			if at < 0 {
				mails = append(mails, m)
				continue
			}
			mails[at].Things = append(mails[at].Things, m.Things...)
		}
	}
	for _, m := range mails {
		if m.Day != "" {
			count++
		}
	}
	return mails, count, nil
}

func (ch *meetingChange) command(source domain.Digest) api.Command {
	m := ch.Meeting
	command := api.Command{Kind: ch.Kind, NewMeeting: &m}
	switch ch.Kind {
	case domain.CmdMoveMeeting:
		command.NewMeeting, command.Text = &domain.Meeting{ID: m.ID, Date: m.Date}, "Enligt en inläst kalender"
	case domain.CmdCancelMeeting:
		command.NewMeeting, command.Text = &domain.Meeting{ID: m.ID}, "Inställt enligt en inläst kalender"
	case domain.CmdConfirmMeeting:
		command.NewMeeting = &domain.Meeting{ID: m.ID}
	}
	key := domain.DigestOf(fmt.Appendf(nil, "%s %s %s %s %s", source, ch.Kind, m.ID, m.Date, m.Status))
	command.ID = "calendar/" + string(key[:32])
	return command
}

func tellMeetings(out io.Writer, plan *meetingPlan) {
	for _, ch := range plan.changes {
		m := ch.Meeting
		switch ch.Kind {
		case domain.CmdAddMeeting:
			fmt.Fprintf(out, "lägger in     %s  %s (%s)\n", m.Date, m.Unit, m.Status.Swedish())
		case domain.CmdMoveMeeting:
			fmt.Fprintf(out, "flyttar       %s  %s, från %s (%s)\n", m.Date, m.Unit, ch.From, m.ID)
		case domain.CmdConfirmMeeting:
			fmt.Fprintf(out, "fastställer   %s  %s (%s)\n", m.Date, m.Unit, m.ID)
		case domain.CmdCancelMeeting:
			fmt.Fprintf(out, "ställer in    %s  %s (%s)\n", m.Date, m.Unit, m.ID)
		}
	}
	fmt.Fprintf(out, "%d ändringar; %d sammanträden stämmer redan.\n", len(plan.changes), plan.same)
	for _, m := range plan.left {
		fmt.Fprintf(out, "Obs: %s har ett föreslaget sammanträde den %s som inte finns i filen (%s).\n", m.Unit, m.Date, m.ID)
	}
}
