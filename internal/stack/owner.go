package stack

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// postgresUser is the operating system's user that runs Postgres, which refuses to run as root: nil when we are not root
// and run it as ourselves.
func postgresUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, postgresMissing("användaren postgres finns inte")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user postgres has uid %q: %w", u.Uid, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user postgres has gid %q: %w", u.Gid, err)
	}
	cred := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	groups, err := u.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("groups of user postgres: %w", err)
	}
	for _, g := range groups {
		id, err := strconv.ParseUint(g, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user postgres has group %q: %w", g, err)
		}
		cred.Groups = append(cred.Groups, uint32(id))
	}
	return cred, nil
}

// privateDir makes a directory that only Postgres' user can enter.
func privateDir(dir string, as *syscall.Credential) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return err
	}
	if as == nil {
		return nil
	}
	return os.Chown(dir, int(as.Uid), int(as.Gid))
}

// barrier returns the first directory on the way to dir that the user may not pass through, or "".
func barrier(dir string, as *syscall.Credential) (string, error) {
	if as == nil {
		return "", nil
	}
	var way []string
	for d := dir; ; d = filepath.Dir(d) {
		way = append(way, d)
		if d == filepath.Dir(d) {
			break
		}
	}
	slices.Reverse(way)
	for _, d := range way {
		info, err := os.Stat(d)
		if os.IsNotExist(err) {
			return "", nil // made by us, with a mode that lets Postgres through
		}
		if err != nil {
			return "", err
		}
		stat, mode := info.Sys().(*syscall.Stat_t), info.Mode().Perm()
		pass := mode&0o001 != 0
		switch {
		case stat.Uid == as.Uid:
			pass = mode&0o100 != 0
		case stat.Gid == as.Gid || slices.Contains(as.Groups, stat.Gid):
			pass = mode&0o010 != 0
		}
		if !pass {
			return d, nil
		}
	}
	return "", nil
}
