package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// statement is what the flags say of what revisorerna stated.
type statement struct {
	outcome, rest string
	boards        []string
}

func (s *statement) flags(verb *cobra.Command) {
	f := verb.Flags()
	f.StringVar(&s.outcome, "assessment", "", "revisorernas bedömning mot fullmäktiges mål: forenligt, delvis, inte eller kan-ej-bedomas (KL 12:2)")
	f.StringArrayVar(&s.boards, "board", nil, "om ansvarsfrihet för en nämnd: NÄMND=tillstyrks eller NÄMND=avstyrks; med anmärkning NÄMND=tillstyrks,anmarkning:SKÄLET (KL 12:13)")
	f.StringVar(&s.rest, "rest", "", "om ansvarsfrihet för de övriga nämnderna: tillstyrks eller avstyrks")
}

// read gives what the flags say, or nil when they say nothing.
func (s *statement) read() (*api.AuditReview, error) {
	if s.outcome == "" && s.rest == "" && len(s.boards) == 0 {
		return nil, nil
	}
	r := &api.AuditReview{Outcome: domain.Assessment(s.outcome), Rest: domain.Stance(s.rest)}
	for _, text := range s.boards {
		unit, said, ok := strings.Cut(text, "=")
		said, reason, _ := strings.Cut(said, ":")
		stance, remark, remarked := strings.Cut(said, ",")
		if !ok || remarked && remark != "anmarkning" {
			return nil, usagef("--board %s: skriv till exempel SN=tillstyrks, eller SN=avstyrks,anmarkning:brister i den interna kontrollen", text)
		}
		r.Boards = append(r.Boards, api.Statement{Unit: domain.UnitID(unit), Stance: domain.Stance(stance), Remark: remarked, Reason: reason})
	}
	return r, nil
}

// tellClosing tells what revisorerna stated, and what follows from a refused ansvarsfrihet.
func tellClosing(w io.Writer, a *api.Step) {
	if a.Review != nil {
		fmt.Fprintf(w, "\nRevisorernas bedömning: %s.\n", a.Review.Outcome.Swedish())
		for _, b := range a.Review.Boards {
			tellStatement(w, &b)
		}
	}
	if a.Statement != nil {
		fmt.Fprintln(w, "\nRevisorernas uttalande")
		tellStatement(w, a.Statement)
	}
	if a.SueBy != "" {
		fmt.Fprintf(w, "\nAnsvarsfrihet vägrades. Talan kan väckas till och med den %s (KL 5:25).\n", a.SueBy.Swedish())
	}
}

func tellStatement(w io.Writer, b *api.Statement) {
	remark := ""
	if b.Remark {
		remark = ", med anmärkning"
	}
	fmt.Fprintf(w, "  %s\tansvarsfrihet %s%s\t%s\n", b.Unit, b.Stance, remark, b.Reason)
}
