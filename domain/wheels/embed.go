// Package wheels carries the wheel and the organisation of Helsingborgs stad, and the JSON Schemas of such files.
// Nothing here is read by the rules: a cycle gets its wheel in its start input. internal/wheelfile reads the files.
package wheels

import _ "embed"

// Helsingborg is the wheel, as officials write it.
//
//go:embed helsingborg.yaml
var Helsingborg []byte

// HelsingborgOrganisation is what Helsingborg's registry is founded with. Its persons and meetings are invented.
//
//go:embed helsingborg-organisation.yaml
var HelsingborgOrganisation []byte

// HelsingborgWhole is the whole wheel: every step from trend analysis to ansvarsfrihet. It replaces Helsingborg.
//
//go:embed helsingborg-hela.yaml
var HelsingborgWhole []byte

// HelsingborgWholeOrganisation is the organisation that the whole wheel needs. It replaces HelsingborgOrganisation.
//
//go:embed helsingborg-organisation-hela.yaml
var HelsingborgWholeOrganisation []byte

// WheelSchema is the form of a wheel file, JSON Schema 2020-12.
//
//go:embed wheel.schema.json
var WheelSchema []byte

// OrganisationSchema is the form of an organisation file, JSON Schema 2020-12.
//
//go:embed organisation.schema.json
var OrganisationSchema []byte
