package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// writeNew writes a file that is not there yet: what is there has been
// corrected by hand, or is what the new one is made of.
func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return existsError(name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func existsError(name string) error {
	return fmt.Errorf("%s exists and is not replaced: remove it, or name another file", name)
}

// writeOver writes a file that may be there already if it is one of ours; kind
// says what these are.
func writeOver(name string, data []byte, kind string, ours func(old []byte) bool) error {
	old, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !ours(old):
		return fmt.Errorf("%s is there and no %s; name another file, or remove it", name, kind)
	}
	return os.WriteFile(name, data, 0o666)
}
