// Package deploytest holds no code, only tests that deploy: they build this program as it is, as its next release (new
// rules, a new form of state) and as a careless one (other rules under the same version), and exchange the processes under
// an open exercise on a real Postgres and a real Temporal.
//
// The other releases are this checkout with some lines changed: go build -overlay puts the changed files in the place of
// the real ones, so that nothing of it is in the product.
package deploytest
