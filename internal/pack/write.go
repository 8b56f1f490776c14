package pack

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"arshjul/domain"
	"arshjul/internal/proof"

	"golang.org/x/mod/sumdb/tlog"
)

// zipTime is the time of every member: a pack's bytes follow from what is in it.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// member is one that is to be written.
type member struct {
	name string
	open func() (io.ReadCloser, error)
}

func of(name string, b []byte) member {
	return member{name, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

// Write writes a pack. The same source always gives the same bytes. Files and histories are opened one after another, so
// that no more than one is in memory; after an error what was written is no pack.
func Write(w io.Writer, src *Source) error {
	members, manifest, err := src.members()
	if err != nil {
		return err
	}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	z := zip.NewWriter(w)
	for _, m := range members {
		size, sum, err := writeMember(z, m)
		if err != nil {
			return fmt.Errorf("pack: write %s: %w", m.name, err)
		}
		manifest.Members = append(manifest.Members, ManifestMember{m.name, size, sum})
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if _, _, err := writeMember(z, of(memberManifest, append(text, '\n'))); err != nil {
		return fmt.Errorf("pack: write the manifest: %w", err)
	}
	return z.Close()
}

func writeMember(z *zip.Writer, m member) (size int64, sum domain.Digest, err error) {
	r, err := m.open()
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = r.Close() }() // read to its end, or the error tells
	w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: zipTime})
	if err != nil {
		return 0, "", err
	}
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(w, h), r)
	return size, domain.Digest(hex.EncodeToString(h.Sum(nil))), err
}

// members makes everything but the manifest, which it begins.
func (src *Source) members() ([]member, *Manifest, error) {
	t, err := src.read()
	if err != nil {
		return nil, nil, err
	}
	m := &Manifest{Format: Format, Stream: src.Stream, Log: domain.LogOf(src.Stream), Size: uint64(len(src.Hashes)), Program: src.Program, Page: pageVersion}
	all := []member{of(memberKeys, []byte(src.Keys)), of(memberHashes, hashLines(src.Hashes)), of(memberEntries, entryLines(src.Entries))}
	for i, note := range src.Checkpoints {
		all = append(all, of(fmt.Sprintf("%s%06d.txt", folderCheckpoints, i+1), note))
	}
	consistency, err := t.consistency()
	if err != nil {
		return nil, nil, err
	}
	receipts, err := t.receipts()
	if err != nil {
		return nil, nil, err
	}
	all = append(append(all, of(memberConsistency, consistency)), receipts...)
	texts, err := jsonLines(src.Texts)
	if err != nil {
		return nil, nil, err
	}
	files, err := jsonLines(src.Files)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, of(memberTexts, texts), of(memberFiles, files))
	for _, f := range src.Files {
		if !f.Erased {
			all = append(all, member{folderFiles + string(f.SHA256), f.Open})
		}
	}
	if l := t.launched(); l != nil {
		all = append(all, of(memberWheel, domain.Canonical(l.Wheel)), of(memberOrganisation, domain.Canonical(l.Registry)))
	}
	if src.WheelText != "" {
		all = append(all, of(memberWheelText, []byte(src.WheelText)))
	}
	of := map[string]int{}
	for _, h := range src.Histories {
		of[h.Stream]++
		name := fmt.Sprintf("%s%s/%04d-%s.json", folderHistories, strings.ReplaceAll(h.Stream, "/", "-"), of[h.Stream], h.Run)
		all = append(all, member{name, h.Open})
		m.Histories = append(m.Histories, HistoryMember{Name: name, Stream: h.Stream, Run: h.Run, Complete: h.Complete})
	}
	page, err := t.page()
	if err != nil {
		return nil, nil, err
	}
	return append(all, member{memberPage, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(page)), nil }}), m, nil
}

func hashLines(all []tlog.Hash) []byte {
	b := make([]byte, 0, len(all)*(2*tlog.HashSize+1))
	for i := range all {
		b = append(hex.AppendEncode(b, all[i][:]), '\n')
	}
	return b
}

func entryLines(all []Entry) []byte {
	var b bytes.Buffer
	for _, e := range all {
		fmt.Fprintf(&b, "%d %s\n", e.Index, e.Leaf)
	}
	return b.Bytes()
}

func jsonLines[T any](all []T) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for i := range all {
		if err := enc.Encode(all[i]); err != nil {
			return nil, fmt.Errorf("pack: %w", err)
		}
	}
	return b.Bytes(), nil
}

// checkpoint is a signed note as it reads. Who writes a pack need not trust it: who checks it does.
type checkpoint struct {
	proof.Checkpoint
	note    []byte
	signers []string // whose names stand under it
}

func readNote(note []byte) (c checkpoint, err error) {
	text, under, found := strings.Cut(string(note), "\n\n")
	if !found {
		return c, errors.New("pack: a checkpoint has no signature")
	}
	c.note = note
	for _, line := range strings.Split(under, "\n") {
		if fields := strings.Fields(line); len(fields) == 3 {
			c.signers = append(c.signers, fields[1])
		}
	}
	c.Checkpoint, err = proof.ParseText(text + "\n")
	return c, err
}
