package mutant

import "wsprobe/internal/rules"

// Requests that a mutant accepts though they are to be refused.
var (
	takesAnyMethod        = breaks(rules.RequestMethod, "takes-any-method", "takes a POST for a handshake")
	takesHTTP10           = breaks(rules.RequestHTTPVersion, "takes-http-1.0", "takes a handshake of HTTP/1.0")
	takesNoHost           = breaks(rules.RequestHost, "takes-no-host", "takes a handshake without Host")
	takesTwoHosts         = breaks(rules.RequestHostOnce, "takes-two-hosts", "takes a handshake with two Hosts")
	takesAnyUpgrade       = breaks(rules.RequestUpgrade, "takes-any-upgrade", "takes an upgrade to whatever")
	takesAnyConnection    = breaks(rules.RequestConnection, "takes-any-connection", "does not look at Connection")
	takesNoKey            = breaks(rules.RequestKey, "takes-no-key", "takes a handshake without a key")
	takesEmptyKey         = breaks(rules.RequestKeyEmpty, "takes-empty-key", "takes an empty key")
	takesKeyOfAnySize     = breaks(rules.RequestKeySize, "takes-key-of-any-size", "takes a key of any number of bytes")
	takesKeyNotBase64     = breaks(rules.RequestKeyBase64, "takes-key-not-base64", "takes a key that is not base64")
	takesTwoKeys          = breaks(rules.RequestKeyOnce, "takes-two-keys", "takes the first of two keys")
	upgradesPlainGet      = breaks(rules.RequestPlainGet, "upgrades-plain-get", "answers a GET without Upgrade with a 101")
	keepsFragment         = breaks(rules.RequestFragment, "ignores-fragment", "ignores the fragment of a target")
	takesSpaceBeforeColon = breaks(rules.HTTPSpaceBeforeColon, "takes-space-before-colon", "takes a space before a colon")
	readsBodyAsFrames     = breaks(rules.HTTPRequestBody, "reads-body-as-frames", "does not look at Content-Length")
)

// Requests that a mutant refuses though they are right.
var (
	wantsUpgradeInLowerCase  = breaks(rules.RequestUpgradeCase, "wants-upgrade-in-lower-case", "takes websocket for an upgrade, and not WebSocket")
	wantsUpgradeAlone        = breaks(rules.RequestUpgradeList, "wants-upgrade-alone", "does not find websocket in a list")
	wantsConnectionInOneCase = breaks(rules.RequestConnectionCase, "wants-connection-in-one-case",
		"takes Upgrade in Connection, and not upgrade")
	wantsConnectionAlone   = breaks(rules.RequestConnectionList, "wants-connection-alone", "does not find Upgrade beside keep-alive")
	wantsFieldNamesAsShown = breaks(rules.RequestFieldNames, "wants-field-names-as-shown", "does not know sec-websocket-key")
	wantsFieldsInOrder     = breaks(rules.RequestFieldOrder, "wants-fields-in-order", "wants the fields as the RFC shows them")
	wantsOneSpace          = breaks(rules.RequestWhiteSpace, "wants-one-space", "takes more white space around a value for a part of it")
	refusesUnknownFields   = breaks(rules.RequestUnknownFields, "refuses-unknown-fields", "refuses a field that it does not know")
	wantsPathAsTarget      = breaks(rules.RequestAbsoluteTarget, "wants-path-as-target", "does not find an absolute URI")
)

// Heads that a mutant cannot read, and does not say so.
var (
	dropsFoldedFields = breaks(rules.HTTPFolding, "drops-folded-fields", "closes TCP on a folded field")
	waitsAfterBareLF  = breaks(rules.HTTPBareLF, "waits-after-bare-lf", "waits for a CRLF that does not come")
	dropsLongTarget   = breaks(rules.HTTPLongTarget, "drops-long-target", "closes TCP on a target of more than 4096 bytes")
	dropsLargeHead    = breaks(rules.HTTPLargeHead, "drops-large-head", "closes TCP on a head that is too large")
)

// Refusals that say less than they must.
var _ = garble(
	Mutant{Name: "refuses-in-silence", Rule: rules.HandshakeHTTPResponse,
		About: "closes TCP where an HTTP error is due", refusal: silent},
	Mutant{Name: "401-without-challenge", Rule: rules.HTTPAuthenticate,
		About: "answers 401 without WWW-Authenticate", refusal: line("HTTP/1.1 401 Unauthorized")},
	Mutant{Name: "302-without-location", Rule: rules.HTTPRedirect,
		About: "redirects to nowhere", refusal: line("HTTP/1.1 302 Found")},
)
