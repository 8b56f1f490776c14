package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// protocol is what the flags say of a decision's protocol.
type protocol struct {
	record                           api.Record
	remark                           api.Remark
	votes, class, manner, wording    string
	casting                          bool
	items, reservations, substitutes []string
}

func (p *protocol) flags(verb *cobra.Command, kind domain.CommandKind) {
	f := verb.Flags()
	if kind == domain.CmdInstead {
		f.StringVar(&p.manner, "manner", "", "ordforande (KL 6:39) eller delegation (KL 6:37)")
		f.StringVar((*string)(&p.record.By), "by", "", "vem som beslutade, om personen finns i registret")
		f.IntVar(&p.record.Onward, "onward", 0, "hur många gånger delegationen har förts vidare, högst 1 (KL 7:6)")
		return
	}
	f.StringVar(&p.votes, "votes", "", "rösterna: närvarande/för/emot, till exempel 61/21/40; resten avstod")
	f.BoolVar(&p.casting, "casting", false, "rösterna var lika och ordförandens röst avgjorde")
	f.StringVar(&p.class, "class", "", "återremiss och bordläggning i fullmäktige: majoritet eller minoritet (KL 5:50)")
	f.StringVar(&p.record.ClassReason, "class-reason", "", "varför, när rösterna kan läsas på båda sätten")
	f.StringArrayVar(&p.items, "item", nil, "att-sats=UTFALL när utfallet är delvis, en gång för varje")
	f.StringVar(&p.wording, "wording", "", "fil med den beslutade lydelsen, när den är en annan än förslagets")
	f.StringArrayVar(&p.reservations, "reservation", nil, "reservation, så här: 2027-06-15=VEM OCH VARFÖR")
	f.StringArrayVar(&p.substitutes, "served", nil, "ersättare som tjänstgjorde under paragrafen")
	f.StringVar((*string)(&p.record.Discharge), "discharge", "", "ansvarsfrihet: beviljas eller vagras (KL 5:24)")
	f.BoolVar(&p.remark.Made, "remark", false, "ansvarsfrihet: fullmäktige riktar en anmärkning; --remark=false när det inte gör det fast revisorerna har gjort det")
	f.StringVar(&p.remark.Reason, "remark-reason", "", "anmärkningens motivering")
	f.StringVar(&p.remark.Paragraph, "remark-paragraph", "", "anmärkningens paragraf, om den har en egen")
	f.BoolVar(&p.record.Immediate, "immediate", false, "paragrafen justerades omedelbart")
}

// read gives what the flags say, or nil when they say nothing. A file with the decided wording goes to the server first.
func (p *protocol) read(verb *cobra.Command, c *connection) (*api.Record, error) {
	said := false
	for _, name := range []string{"manner", "onward", "votes", "casting", "class", "class-reason", "item", "wording", "reservation", "served", "immediate", "by", "discharge", "remark"} {
		said = said || verb.Flags().Changed(name)
	}
	if !said {
		return nil, nil
	}
	r := p.record
	r.Class, r.Manner, r.Served = domain.Class(p.class), domain.Manner(p.manner), p.substitutes
	if verb.Flags().Changed("remark") {
		r.Remark = &p.remark
	}
	if p.votes != "" {
		v, err := readVotes(p.votes)
		if err != nil {
			return nil, err
		}
		r.Votes = v
	}
	if p.casting {
		if r.Votes == nil {
			return nil, usagef("--casting: ange rösterna också, med --votes")
		}
		r.Votes.Casting = true
	}
	for _, item := range p.items {
		no, outcome, ok := strings.Cut(item, "=")
		if !ok {
			return nil, usagef("--item %s: skriv att-sats=UTFALL, till exempel 2=bordlaggning", item)
		}
		r.Items = append(r.Items, domain.Item{No: no, Outcome: domain.Outcome(outcome)})
	}
	for _, text := range p.reservations {
		day, who, ok := strings.Cut(text, "=")
		d, err := domain.ParseDate(day)
		if !ok || err != nil {
			return nil, usagef("--reservation %s: skriv DAG=VEM OCH VARFÖR, till exempel 2027-06-15=partiet X, mot skattesatsen", text)
		}
		r.Reservations = append(r.Reservations, api.Reservation{Text: who, Date: d})
	}
	if p.wording != "" {
		doc, err := upload(verb, c, "beslutad-lydelse="+p.wording)
		if err != nil {
			return nil, err
		}
		if doc.SHA256 == "" {
			return nil, usagef("--wording: ange en fil, inte en länk: lydelsen sparas med beslutet")
		}
		r.Wording = doc.SHA256
	}
	return &r, nil
}

// readVotes reads "61/21/40": present, for, against. Who did neither abstained.
func readVotes(text string) (*domain.Votes, error) {
	parts := strings.Split(text, "/")
	var n [3]int
	for i := range parts {
		var err error
		if len(parts) != len(n) {
			break
		}
		if n[i], err = strconv.Atoi(strings.TrimSpace(parts[i])); err != nil {
			parts = nil
		}
	}
	if len(parts) != len(n) {
		return nil, usagef("--votes %s: skriv närvarande/för/emot, till exempel 61/21/40", text)
	}
	return &domain.Votes{Present: n[0], For: n[1], Against: n[2], Abstained: n[0] - n[1] - n[2]}, nil
}
