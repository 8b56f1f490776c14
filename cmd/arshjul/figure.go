package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// fillFigures puts the amounts, the mål and the effective day that the flags name in the command.
func (g *given) fillFigures() error {
	for _, flag := range g.figures {
		f, err := readFigure(flag)
		if err != nil {
			return err
		}
		g.command.Figures = append(g.command.Figures, f)
	}
	if g.from != "" {
		d, err := domain.ParseDate(g.from)
		if err != nil {
			return usagef("--from: %v", err)
		}
		g.command.From = d
	}
	if g.aims == "" {
		return nil
	}
	text, err := os.ReadFile(g.aims)
	if err != nil {
		return fmt.Errorf("läs %s: %w", g.aims, err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&g.command.Aims); err != nil {
		return usagef("--aims %s: filen är inte en lista med inriktning och mål: %v", g.aims, err)
	}
	return nil
}

// readFigure reads "ram=SN:723,5mnkr", or "total=10243,5 mnkr" for an amount that no nämnd has.
func readFigure(flag string) (api.Amount, error) {
	id, value, ok := strings.Cut(flag, "=")
	if !ok {
		return api.Amount{}, usagef("--figure %s: skriv belopp=VÄRDE eller belopp=NÄMND:VÄRDE, till exempel ram=SN:723,5mnkr", flag)
	}
	unit, amount, found := strings.Cut(value, ":")
	if !found {
		unit, amount = "", value
	}
	if _, err := domain.ParseMoney(amount); err != nil {
		return api.Amount{}, usagef("--figure %s: %v", flag, err)
	}
	return api.Amount{ID: id, Unit: domain.UnitID(unit), Amount: amount}, nil
}

// tellFigures tells what is to be seen in a step's amounts and mål, and what it asks for.
func tellFigures(w io.Writer, a api.Step) {
	for _, list := range []struct {
		title string
		says  []string
	}{{"Skiljer sig från nämndens beslut", a.Divergences}, {"Att se till", a.Remarks}} {
		if len(list.says) > 0 {
			fmt.Fprintln(w, "\n"+list.title)
		}
		for _, s := range list.says {
			fmt.Fprintf(w, "  %s\n", s)
		}
	}
	if len(a.Figures) > 0 && !a.Done {
		fmt.Fprintln(w, "\nBelopp som lämnas in (--figure)")
		for _, f := range a.Figures {
			name := f.ID + "="
			if f.Unit != "" {
				name += string(f.Unit) + ":"
			}
			fmt.Fprintf(w, "  %s%s\t%s %s\n", name, f.Suggest, f.Title, f.UnitName)
		}
	}
}
