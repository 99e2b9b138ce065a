package rules

// Sec-WebSocket-Version, RFC 6455 §4.2.2 and §4.4.
const (
	// VersionRequired asks that a request without a version is refused.
	VersionRequired ID = "version.required"
	// VersionUnknown asks that a version the server does not speak is refused.
	VersionUnknown ID = "version.unknown"
	// VersionList asks that the refusal lists the versions the server speaks.
	VersionList ID = "version.list"
	// VersionAdvertised asks that a version so listed is then accepted.
	VersionAdvertised ID = "version.advertised"
	// VersionStatus hopes that the refusal is a 426.
	VersionStatus ID = "version.status"
	// VersionUpgradeField asks that a 426 has an Upgrade field.
	VersionUpgradeField ID = "version.upgrade-field"
	// VersionForm asks that what is no version number is refused.
	VersionForm ID = "version.form"
	// VersionOnce asks that two versions in one request are refused.
	VersionOnce ID = "version.once"
)
