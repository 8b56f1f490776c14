// Package wheels carries the wheel and the organisation of Helsingborgs stad, and the JSON Schemas of such files.
// Nothing here is read by the rules: a cycle gets its wheel in its start input. internal/wheelfile reads the files.
package wheels

import _ "embed"

// Helsingborg is the whole wheel, from trend analysis to ansvarsfrihet, as officials write it.
//
//go:embed helsingborg.yaml
var Helsingborg []byte

// HelsingborgOrganisation is what Helsingborg's registry is founded with. Its persons and meetings are invented.
//
//go:embed helsingborg-organisation.yaml
var HelsingborgOrganisation []byte

// First is Helsingborg's wheel as the first release had it, from planeringsanvisningar to internbudget. Cycles that were
// launched by it keep it.
//
//go:embed helsingborg-1.yaml
var First []byte

// FirstOrganisation is the organisation of the first release.
//
//go:embed helsingborg-1-organisation.yaml
var FirstOrganisation []byte

// WheelSchema is the form of a wheel file, JSON Schema 2020-12.
//
//go:embed wheel.schema.json
var WheelSchema []byte

// OrganisationSchema is the form of an organisation file, JSON Schema 2020-12.
//
//go:embed organisation.schema.json
var OrganisationSchema []byte
