package mutant

import "wsprobe/internal/rules"

// Unbroken gives, for each rule that no mutant breaks, the reason why.
var Unbroken = map[rules.ID]string{
	rules.ClientRequestLine:         onlyClients,
	rules.ClientTarget:              onlyClients,
	rules.ClientHost:                onlyClients,
	rules.ClientUpgrade:             onlyClients,
	rules.ClientConnection:          onlyClients,
	rules.ClientKey:                 onlyClients,
	rules.ClientKeyOnce:             onlyClients,
	rules.ClientVersion:             onlyClients,
	rules.ClientVersionOnce:         onlyClients,
	rules.ClientOrigin:              onlyClients,
	rules.ClientProtocols:           onlyClients,
	rules.ClientExtensions:          onlyClients,
	rules.ClientWaits:               onlyClients,
	rules.ClientConnectTarget:       onlyClients,
	rules.ClientConnectScheme:       onlyClients,
	rules.ClientConnectFields:       onlyClients,
	rules.ClientConnectAuthority:    onlyClients,
	rules.ClientConnectLowercase:    onlyClients,
	rules.ClientConnectEnabled:      onlyClients,
	rules.HandshakeConnectStatus:    onlySeen,
	rules.HandshakeConnectLowercase: onlySeen,
	rules.MaskClient:                onlyClients,
	rules.MaskFresh:                 onlyClients,
	rules.DeflateOffer:              onlyClients,
	rules.DeflateClientTakeover:     onlyClients,
	rules.DeflateClientWindow:       onlyClients,
}

const (
	onlyClients = "only a client can break it, and every mutant is a server"
	onlySeen    = "no case is played in HTTP/2, of which wsproxy judges what passes"
)
