package pack

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"arshjul/domain"

	"golang.org/x/mod/sumdb/tlog"
)

// What a pack may hold, so that no file makes the verifier run out of memory. All are far above a whole municipality's log
// over decades.
const (
	mostMembers  = 300_000
	mostEntries  = 5_000_000
	mostUnpacked = 16 << 30 // bytes, over all members
	mostRead     = 2 << 30  // bytes of a member that is read into memory
	mostFile     = 64 << 20 // bytes of a document: the store takes 25 MB
)

// reading is a pack that is being read.
type reading struct {
	members  map[string]*zip.File
	names    []string // in the order of the zip
	manifest Manifest
}

// open reads the directory and the manifest, and nothing else.
func open(file io.ReaderAt, size int64) (*reading, error) {
	z, err := zip.NewReader(file, size)
	if err != nil {
		return nil, broken("", "filen går inte att läsa som ett paket (zip): den är inte hel, eller inte ett bevispaket.")
	}
	if len(z.File) > mostMembers {
		return nil, broken("", "paketet har %d filer, och fler än %d läses inte.", len(z.File), mostMembers)
	}
	r := &reading{members: make(map[string]*zip.File, len(z.File))}
	var unpacked uint64
	for _, f := range z.File {
		if !validName(f.Name) {
			return nil, broken(fmt.Sprintf("%q", f.Name), "filen i paketet har ett namn som inget bevispaket har.")
		}
		if r.members[f.Name] != nil {
			return nil, broken(f.Name, "filen finns två gånger i paketet.")
		}
		if unpacked += f.UncompressedSize64; f.UncompressedSize64 > mostUnpacked || unpacked > mostUnpacked {
			return nil, broken(f.Name, "paketet blir större än %d GB uppackat, och läses inte.", mostUnpacked>>30)
		}
		r.members[f.Name] = f
		r.names = append(r.names, f.Name)
	}
	text, err := r.bytes(memberManifest)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &r.manifest); err != nil {
		return nil, broken(memberManifest, "innehållsförteckningen går inte att läsa.")
	}
	switch m := &r.manifest; {
	case m.Format != Format:
		return nil, broken(memberManifest, "paketet har formen %q, och det här programmet läser %q. Hämta en utgåva av arshjul-verify som kan den.", m.Format, Format)
	case streamKind(m.Stream) == "" || m.Log != domain.LogOf(m.Stream):
		return nil, broken(memberManifest, "%q är ingen cykel eller övning, eller hör inte till loggen %q.", m.Stream, m.Log)
	}
	return r, nil
}

// streamKind is "cycle" or "exercise", or "" for what is neither.
func streamKind(stream string) string {
	kind, rest, _ := strings.Cut(stream, "/")
	parts := strings.Split(rest, "/")
	if kind == "cycle" && len(parts) == 2 || kind == "exercise" && len(parts) == 3 {
		for _, p := range parts {
			if p == "" || strings.Trim(p, "0123456789") != "" {
				return ""
			}
		}
		return kind
	}
	return ""
}

func validName(name string) bool {
	return name != "" && len(name) < 300 && utf8.ValidString(name) && path.Clean(name) == name && !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "..") &&
		!strings.ContainsAny(name, "\\\x00\n\r")
}

// has tells whether the pack has a member.
func (r *reading) has(name string) bool { return r.members[name] != nil }

// bytes reads a member whole.
func (r *reading) bytes(name string) ([]byte, error) {
	f := r.members[name]
	if f == nil {
		return nil, broken(name, "filen saknas i paketet.")
	}
	if f.UncompressedSize64 > mostRead {
		return nil, broken(name, "filen är större än %d GB uppackad, och läses inte.", mostRead>>30)
	}
	in, err := f.Open()
	if err != nil {
		return nil, broken(name, "filen går inte att packa upp.")
	}
	defer func() { _ = in.Close() }() // it was read
	var b bytes.Buffer
	if f.UncompressedSize64 < 1<<20 { // what it says it is may not be true
		b.Grow(int(f.UncompressedSize64))
	}
	if _, err := io.Copy(&b, io.LimitReader(in, mostRead)); err != nil {
		return nil, broken(name, "filen går inte att packa upp: den är skadad.")
	}
	return b.Bytes(), nil
}

// sum hashes a member without keeping it.
func (r *reading) sum(name string) (size int64, sum domain.Digest, err error) {
	f := r.members[name]
	if f == nil {
		return 0, "", broken(name, "filen saknas i paketet.")
	}
	in, err := f.Open()
	if err != nil {
		return 0, "", broken(name, "filen går inte att packa upp.")
	}
	defer func() { _ = in.Close() }() // it was read
	h := sha256.New()
	if size, err = io.Copy(h, io.LimitReader(in, mostUnpacked)); err != nil {
		return 0, "", broken(name, "filen går inte att packa upp: den är skadad.")
	}
	return size, domain.Digest(hex.EncodeToString(h.Sum(nil))), nil
}

// folder lists the members of a folder, by name.
func (r *reading) folder(name string) (all []string) {
	for _, n := range r.names {
		if strings.HasPrefix(n, name) {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}

// lines calls each with every line of a member, which must end with a newline.
func (r *reading) lines(name string, each func(nr int, line []byte) error) error {
	text, err := r.bytes(name)
	if err != nil {
		return err
	}
	for nr := 1; len(text) > 0; nr++ {
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		if !ended {
			return broken(fmt.Sprintf("%s, rad %d", name, nr), "filen slutar mitt i en rad.")
		}
		if err := each(nr, line); err != nil {
			return err
		}
		text = rest
	}
	return nil
}

// hashes reads the leaf hashes.
func (r *reading) hashes() (all []tlog.Hash, err error) {
	err = r.lines(memberHashes, func(nr int, line []byte) error {
		var h tlog.Hash
		if len(line) != 2*len(h) || nr > mostEntries {
			return broken(fmt.Sprintf("%s, rad %d", memberHashes, nr), "raden är ingen kontrollsumma.")
		}
		if _, err := hex.Decode(h[:], line); err != nil {
			return broken(fmt.Sprintf("%s, rad %d", memberHashes, nr), "raden är ingen kontrollsumma.")
		}
		all = append(all, h)
		return nil
	})
	return all, err
}

// readJSONLines reads a member of JSON lines.
func readJSONLines[T any](r *reading, name string, each func(where string, v *T) error) error {
	return r.lines(name, func(nr int, line []byte) error {
		where := fmt.Sprintf("%s, rad %d", name, nr)
		v := new(T)
		if err := json.Unmarshal(line, v); err != nil {
			return broken(where, "raden går inte att läsa.")
		}
		return each(where, v)
	})
}

// checkManifest holds every member against the manifest. It comes last: what is wrong with an entry is told better by what
// looks into it.
func (r *reading) checkManifest() error {
	listed := map[string]bool{memberManifest: true}
	for _, m := range r.manifest.Members {
		if listed[m.Name] {
			return broken(memberManifest, "filen %q står två gånger i innehållsförteckningen.", m.Name)
		}
		listed[m.Name] = true
		size, sum, err := r.sum(m.Name)
		if err != nil {
			return err
		}
		if size != m.Size || sum != m.SHA256 {
			return broken(m.Name, "filen är inte den som innehållsförteckningen anger: den är ändrad eller utbytt.")
		}
	}
	for _, name := range r.names {
		if !listed[name] {
			return broken(name, "filen står inte i innehållsförteckningen: någon har lagt till den.")
		}
	}
	return nil
}

var errStop = errors.New("pack: enough")

// tokens reads a JSON array member by member, so that a long history is never held whole.
func eachEvent(in io.Reader, each func(dec *json.Decoder) error) error {
	dec := json.NewDecoder(bufio.NewReaderSize(in, 1<<16))
	for _, want := range []any{json.Delim('{'), "events", json.Delim('[')} {
		got, err := dec.Token()
		if err != nil || got != want {
			return errStop
		}
	}
	for dec.More() {
		if err := each(dec); err != nil {
			return err
		}
	}
	for _, want := range []any{json.Delim(']'), json.Delim('}')} {
		got, err := dec.Token()
		if err != nil || got != want {
			return errStop
		}
	}
	return nil
}
