package pack

import (
	"errors"
	"testing"
)

// FuzzVerify sends anything as a pack: Verify says what is wrong with it, and neither panics nor hangs.
func FuzzVerify(f *testing.F) {
	w := play(f)
	whole := w.pack()
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := verify(file, Options{})
		if b := (*Broken)(nil); err != nil && !errors.As(err, &b) {
			t.Errorf("%T: %v", err, err)
		}
	})
}

// FuzzMembers sends anything as one member of a pack whose other members are right, with the leaf hashes, the manifest and
// the signature put right after it: so what is inside is reached.
func FuzzMembers(f *testing.F) {
	w := play(f)
	whole := w.pack()
	names := []string{memberManifest, memberEntries, memberHashes, memberTexts, memberFiles, memberConsistency, memberKeys, memberWheelText,
		folderCheckpoints + "000001.txt"}
	u := unpack(f, whole)
	names = append(names, u.histories(theCycle)...)
	names = append(names, receiptsOf(u)[0])
	for i, name := range names {
		f.Add(uint8(i), u.members[name])
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		u := unpack(t, whole)
		name := names[int(which)%len(names)]
		u.members[name] = text
		u.naive = name == memberManifest
		_, err := verify(u.pack(), Options{})
		if b := (*Broken)(nil); err != nil && !errors.As(err, &b) {
			t.Errorf("%T: %v", err, err)
		}
	})
}

// FuzzEntry sends anything as an entry of the cycle, signed as it stands.
func FuzzEntry(f *testing.F) {
	w := play(f)
	whole := w.pack()
	for i := range w.log {
		if w.log[i].Stream == theCycle {
			f.Add(w.log[i].Encode())
		}
	}
	f.Fuzz(func(t *testing.T, leaf []byte) {
		u := unpack(t, whole)
		at := -1
		u.entries(func(all []Entry) []Entry {
			for i := range all {
				if at < 0 && all[i].Index == 19 {
					at = i
					all[i].Leaf = leaf
				}
			}
			return all
		})
		u.leaf(19, leaf)
		u.sign(w.signer)
		_, err := verify(u.pack(), Options{})
		if b := (*Broken)(nil); err != nil && !errors.As(err, &b) {
			t.Errorf("%T: %v", err, err)
		}
	})
}
