package rules

// Control frames, RFC 6455 §5.5; Close has a file of its own.
const (
	// ControlNotFragmented asks that a control frame with FIN clear fails the connection.
	ControlNotFragmented ID = "control.not-fragmented"
	// ControlFragmentedSent forbids to send one.
	ControlFragmentedSent ID = "control.fragmented-sent"
	// ControlSize asks that a control frame of more than 125 bytes fails the connection.
	ControlSize ID = "control.size"
	// ControlSizeSent forbids to send one.
	ControlSizeSent ID = "control.size-sent"
	// PingAnswered asks for a Pong.
	PingAnswered ID = "ping.answered"
	// PingData asks that the Pong has the data of the Ping.
	PingData ID = "ping.data"
	// PingEach hopes for a Pong for each of several Pings.
	PingEach ID = "ping.each"
	// PingPrompt asks for the Pong as soon as practical.
	PingPrompt ID = "ping.prompt"
	// PingAfterClose hopes for no Pong once Close was answered.
	PingAfterClose ID = "ping.after-close"
	// PongUnsolicited asks that a Pong nobody asked for changes nothing.
	PongUnsolicited ID = "pong.unsolicited"
)
