package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"arshjul/domain"
	"arshjul/internal/proof"
)

// Asked is one check of a file, as a command line asks for it.
type Asked struct {
	File        string
	Keys        []string // files of trusted keys
	Checkpoints []string // files of checkpoints that were got before
	JSON        bool
}

// The exit codes of a check.
const (
	ExitHolds  = 0
	ExitBroken = 1
	ExitUsage  = 2
)

// Check verifies a pack, or a receipt (.tlog-proof), tells what came of it in Swedish and gives the exit code. It reads files
// and nothing else.
func (a Asked) Check(out, errOut io.Writer) int {
	o, err := a.options()
	if err != nil {
		_, _ = fmt.Fprintln(errOut, err) // there is nobody else to tell
		return ExitUsage
	}
	f, err := os.Open(a.File)
	if err != nil {
		_, _ = fmt.Fprintf(errOut, "Filen går inte att öppna: %v\n", err)
		return ExitUsage
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		_, _ = fmt.Fprintf(errOut, "%s är ingen fil.\n", a.File)
		return ExitUsage
	}
	head := make([]byte, 32)
	if n, _ := f.ReadAt(head, 0); bytes.HasPrefix(head[:n], []byte("c2sp.org/tlog-proof@")) { // a short file is none
		return a.receipt(f, info.Size(), o, out, errOut)
	}
	report, err := Verify(f, info.Size(), o)
	return a.tell(report, report.sentences(err), err, out, errOut)
}

func (a Asked) options() (o Options, err error) {
	var keys bytes.Buffer
	for _, name := range a.Keys {
		text, err := os.ReadFile(name)
		if err != nil {
			return o, fmt.Errorf("nycklarna går inte att läsa: %w", err)
		}
		keys.Write(text)
		keys.WriteString("\n")
	}
	if len(a.Keys) > 0 {
		if o.Keys, err = proof.ParseKeys(keys.String()); err != nil {
			return o, err
		}
	}
	for _, name := range a.Checkpoints {
		text, err := os.ReadFile(name)
		if err != nil {
			return o, fmt.Errorf("kontrollpunkten går inte att läsa: %w", err)
		}
		o.Checkpoints = append(o.Checkpoints, text)
	}
	return o, nil
}

// answer is what --json says.
type answer struct {
	OK     bool    `json:"ok"`
	Where  string  `json:"where,omitempty"`
	Broken string  `json:"broken,omitempty"` // in Swedish
	Report *Report `json:"report,omitempty"`
}

func (a Asked) tell(report *Report, sentences []string, err error, out, errOut io.Writer) int {
	says := answer{OK: err == nil, Report: report}
	var b *Broken
	if errors.As(err, &b) {
		says.Where, says.Broken = b.Where, b.Message
	} else if err != nil {
		says.Broken = err.Error()
	}
	switch {
	case a.JSON:
		text, bad := json.MarshalIndent(says, "", "  ")
		if bad != nil {
			_, _ = fmt.Fprintln(errOut, bad) // there is nobody else to tell
			return ExitBroken
		}
		_, _ = fmt.Fprintf(out, "%s\n", text) // who reads it may be gone
	case err != nil:
		_, _ = fmt.Fprintf(errOut, "STÄMMER INTE. %v\n", err) // as above
	default:
		_, _ = fmt.Fprintln(out, "STÄMMER.")
		for _, s := range sentences {
			_, _ = fmt.Fprintln(out, s)
		}
	}
	if err != nil {
		return ExitBroken
	}
	return ExitHolds
}

func (r *Report) sentences(err error) []string {
	if err != nil {
		return nil
	}
	return r.Sentences()
}

// receipt checks a single receipt, which is worth nothing without a key from elsewhere.
func (a Asked) receipt(f io.Reader, size int64, o Options, out, errOut io.Writer) int {
	const mostReceipt = 16 << 20
	if len(o.Keys) == 0 {
		_, _ = fmt.Fprintln(errOut, "Ett kvitto kontrolleras mot en nyckel som du har fått på annat sätt. Ange den med --key.") // there is nobody else to tell
		return ExitUsage
	}
	text, err := io.ReadAll(io.LimitReader(f, min(size, mostReceipt)))
	if err != nil {
		return a.tell(nil, nil, err, out, errOut)
	}
	r, err := proof.ParseReceipt(text)
	if err != nil {
		return a.tell(nil, nil, err, out, errOut)
	}
	signed, err := r.Verify(nil, o.Keys)
	if err != nil {
		return a.tell(nil, nil, err, out, errOut)
	}
	var e domain.Event
	if err := json.Unmarshal(r.Leaf, &e); err != nil {
		return a.tell(nil, nil, err, out, errOut)
	}
	says := sentence("Kvittot gäller %s, daterad den %s.", at(r.Index, &e), e.At.Date().Swedish())
	if e.Actor != "" {
		says = sentence("Kvittot gäller %s, av %s den %s.", at(r.Index, &e), e.Actor, e.At.Date().Swedish())
	}
	return a.tell(nil, []string{says, sentence("Den står i loggen %s enligt en kontrollpunkt av %d poster, underskriven av %s.", signed.Origin, signed.Size, signed.Keys[0].Verifier.Name())}, nil, out, errOut)
}
