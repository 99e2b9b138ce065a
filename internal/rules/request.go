package rules

// What a server asks of a request before it accepts it, RFC 6455 §4.2.1.
const (
	// RequestMethod asks that a method other than GET is refused.
	RequestMethod ID = "request.method"
	// RequestHTTPVersion asks that HTTP/1.0 is refused.
	RequestHTTPVersion ID = "request.http-version"
	// RequestHost asks that a request without Host is refused.
	RequestHost ID = "request.host"
	// RequestHostOnce asks that a request with two Hosts is refused.
	RequestHostOnce ID = "request.host-once"
	// RequestUpgrade asks that a request without "Upgrade: websocket" is refused.
	RequestUpgrade ID = "request.upgrade"
	// RequestUpgradeCase asks that "websocket" is read in any case.
	RequestUpgradeCase ID = "request.upgrade-case"
	// RequestUpgradeList hopes that "websocket" is found in a list of protocols.
	RequestUpgradeList ID = "request.upgrade-list"
	// RequestConnection asks that a request without "Connection: Upgrade" is refused.
	RequestConnection ID = "request.connection"
	// RequestConnectionCase asks that "Upgrade" is read in any case.
	RequestConnectionCase ID = "request.connection-case"
	// RequestConnectionList asks that "Upgrade" is found in a list of tokens.
	RequestConnectionList ID = "request.connection-list"
	// RequestKey asks that a request without a key is refused.
	RequestKey ID = "request.key"
	// RequestKeyEmpty asks that an empty key is refused.
	RequestKeyEmpty ID = "request.key-empty"
	// RequestKeySize asks that a key of other than 16 bytes is refused.
	RequestKeySize ID = "request.key-size"
	// RequestKeyBase64 asks that a key that is not base64 is refused.
	RequestKeyBase64 ID = "request.key-base64"
	// RequestKeyOnce asks that a request with two keys is refused.
	RequestKeyOnce ID = "request.key-once"
	// RequestFieldNames asks that field names are read in any case.
	RequestFieldNames ID = "request.field-names"
	// RequestFieldOrder asks that fields are taken in any order.
	RequestFieldOrder ID = "request.field-order"
	// RequestUnknownFields asks that unknown fields are ignored.
	RequestUnknownFields ID = "request.unknown-fields"
	// RequestAbsoluteTarget asks that an absolute URI is taken as the target.
	RequestAbsoluteTarget ID = "request.absolute-target"
	// RequestFragment hopes that a fragment in the target is ignored or refused.
	RequestFragment ID = "request.fragment"
	// RequestPlainGet asks that a plain GET is not answered with a 101.
	RequestPlainGet ID = "request.plain-get"
)
