// Package api is the language of the one door: what travels as JSON between the server and those who call it, the
// table of refusals with their HTTP statuses and exit codes, and the Go client that the command line and the simulated
// officials use.
//
// Texts, names and links travel in plain here; the server stores them and hands the rules only commitments to them.
// Every date is a civil day in Europe/Stockholm (2027-02-10), every instant RFC 3339 in UTC.
package api
