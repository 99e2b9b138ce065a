package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/pflag"

	"wsprobe/internal/tlsread"
)

const keysUsage = `
    --keylog FILE         read the secrets of TLS from FILE, as SSLKEYLOGFILE has browsers, curl
                          and OpenSSL write it, and --keylog of the other commands: wss is shown
                          like ws. FILE is never written here
`

// keysFlag says where the secrets of TLS are that others have.
type keysFlag struct{ name string }

func (k *keysFlag) define(flags *pflag.FlagSet) { flags.StringVar(&k.name, "keylog", "", "") }

// open opens the key log, if any. live: it may also come later.
func (k *keysFlag) open(live bool) (*tlsread.Keys, error) {
	keys := &tlsread.Keys{}
	if k.name == "" {
		return keys, nil
	}
	log := &keyLog{name: k.name}
	err := log.open()
	if live && errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil {
		err = keys.Follow(log)
	}
	if err != nil {
		return nil, fmt.Errorf("the key log: %w", err)
	}
	return keys, nil
}

// keyLog is a file that may not be there yet. It closes with the process.
type keyLog struct {
	name string
	f    *os.File
}

func (k *keyLog) open() (err error) {
	k.f, err = os.Open(k.name)
	return err
}

// Read implements io.Reader.
func (k *keyLog) Read(p []byte) (int, error) {
	if k.f == nil && k.open() != nil {
		return 0, io.EOF
	}
	return k.f.Read(p)
}
