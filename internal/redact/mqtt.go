package redact

import (
	"encoding/binary"
	"strings"
)

// The flags of an MQTT CONNECT (MQTT 5 §3.1.2.3) that say what its payload has.
const (
	mqttUser     = 1 << 7
	mqttPassword = 1 << 6
	mqttWill     = 1 << 2
)

// mqttConnect overwrites the password of an MQTT CONNECT, which p may be: of what is said in
// MQTT, the secret that all who speak it have.
func mqttConnect(p []byte) {
	if len(p) < 2 || p[0] != 1<<4 {
		return
	}
	_, n := binary.Uvarint(p[1:min(len(p), 5)])
	if n <= 0 {
		return
	}
	name, rest := mqttField(p[1+n:])
	if s := string(name); !strings.EqualFold(s, "MQTT") && s != "MQIsdp" || len(rest) < 4 {
		return
	}
	version, flags := rest[0], rest[1]
	rest = mqttProperties(version, rest[4:])
	_, rest = mqttField(rest) // the client's name
	if flags&mqttWill != 0 {
		rest = mqttProperties(version, rest)
		_, rest = mqttField(rest)
		_, rest = mqttField(rest)
	}
	if flags&mqttUser != 0 {
		_, rest = mqttField(rest)
	}
	if flags&mqttPassword != 0 {
		password, _ := mqttField(rest)
		star(password)
	}
}

// mqttField takes off what has its length before it in two bytes, as far as it is there.
func mqttField(p []byte) (field, rest []byte) {
	if len(p) < 2 {
		return nil, nil
	}
	end := min(len(p), 2+int(binary.BigEndian.Uint16(p)))
	return p[2:end], p[end:]
}

// mqttProperties passes over the properties that MQTT 5 has before a payload.
func mqttProperties(version byte, p []byte) []byte {
	length, n := binary.Uvarint(p)
	if version < 5 || n <= 0 {
		return p
	}
	return p[min(uint64(n)+length, uint64(len(p))):]
}
