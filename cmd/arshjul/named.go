package main

import (
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/calendarfile"
	"arshjul/internal/tablefile"
	"arshjul/internal/wheelfile"
)

// builtIn is a wheel with its organisation that the program carries.
type builtIn struct {
	name                string
	wheel, organisation []byte
}

// builtIns are known by name wherever a wheel or organisation file may be named.
var builtIns = []builtIn{
	{"helsingborg", wheels.Helsingborg, wheels.HelsingborgOrganisation},
	{"helsingborg-1", wheels.First, wheels.FirstOrganisation}, // of the first release
}

func builtInNamed(name string) *builtIn {
	for i := range builtIns {
		if builtIns[i].name == name {
			return &builtIns[i]
		}
	}
	return nil
}

// readWheel reads a wheel: one that is built in, by its name, or a file.
func readWheel(name string) (*wheelfile.File, error) {
	if b := builtInNamed(name); b != nil {
		return wheelfile.Read(b.name+".yaml", b.wheel)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, usagef("årshjulsfilen går inte att läsa: %v", err)
	}
	return wheelfile.Read(name, text)
}

// readOrganisation reads an organisation: the one that belongs to a wheel that is built in, by its name, or a file.
func readOrganisation(name string) (*wheelfile.Organisation, error) {
	if b := builtInNamed(name); b != nil {
		return wheelfile.ReadOrganisation(b.name+"-organisation.yaml", b.organisation)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, usagef("organisationsfilen går inte att läsa: %v", err)
	}
	return wheelfile.ReadOrganisation(name, text)
}

// townFlags are the flags that name a municipality's files.
func townFlags(verb *cobra.Command, wheel, organisation *string) {
	f := verb.Flags()
	f.StringVar(wheel, "wheel", "helsingborg", "årshjulet: helsingborg (inbyggt) eller en fil")
	f.StringVar(organisation, "organisation", "", "organisationen: helsingborg (inbyggd) eller en fil (annars den som hör till årshjulet)")
	f.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "org" {
			name = "organisation" // what it was called in the first releases
		}
		return pflag.NormalizedName(name)
	})
}

// organisationOf is the organisation that is meant when none is named: the one that belongs to a wheel that is built in.
func organisationOf(wheel, organisation string) string {
	switch {
	case organisation != "":
		return organisation
	case builtInNamed(wheel) != nil:
		return wheel
	}
	return "helsingborg"
}

// readTown reads a wheel and its organisation, and refuses two that do not fit together.
func readTown(wheel, organisation string) (*wheelfile.File, *wheelfile.Organisation, error) {
	f, err := readWheel(wheel)
	if err != nil {
		return nil, nil, err
	}
	o, err := readOrganisation(organisationOf(wheel, organisation))
	if err != nil {
		return nil, nil, err
	}
	return f, o, wheelfile.Agree(f, o)
}

// launchOf reads what a cycle of a budget year would start from. For years in which a body has no meetings it has proposals.
func launchOf(wheel, organisation string, year int) (domain.Launch, *wheelfile.Organisation, error) {
	f, err := readWheel(wheel)
	if err != nil {
		return domain.Launch{}, nil, err
	}
	o, err := readOrganisation(organisationOf(wheel, organisation))
	if err != nil {
		return domain.Launch{}, nil, err
	}
	r := o.Registry
	r.Meetings = append(slices.Clip(r.Meetings), calendarfile.Fill(r.Units, r.Meetings, year)...)
	return domain.Launch{Kommun: f.Wheel.Kommun, Year: year, Wheel: f.Wheel, Registry: r}, o, nil
}

// readTable reads a table that a person has written.
func readTable(path string, columns []tablefile.Column) ([]tablefile.Row, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("filen går inte att läsa: %v", err)
	}
	return tablefile.Read(path, text, columns)
}
