// An echo server on Qt WebSockets. It has no compression; a message of 2 GiB
// would be taken if nothing were said.
#include <QtCore/QCoreApplication>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketServer>

const quint64 maxMessage = 32u << 20;

static void echo(QWebSocket *connection)
{
	connection->setMaxAllowedIncomingFrameSize(maxMessage);
	connection->setMaxAllowedIncomingMessageSize(maxMessage);
	QObject::connect(connection, &QWebSocket::textMessageReceived, connection, &QWebSocket::sendTextMessage);
	QObject::connect(connection, &QWebSocket::binaryMessageReceived, connection, &QWebSocket::sendBinaryMessage);
	QObject::connect(connection, &QWebSocket::disconnected, connection, &QObject::deleteLater);
}

int main(int argc, char **argv)
{
	QCoreApplication application(argc, argv);
	const QStringList address = application.arguments().value(1).split(':');
	if (address.size() != 2)
		qFatal("usage: %s HOST:PORT", argv[0]);

	QWebSocketServer server("echo", QWebSocketServer::NonSecureMode);
	QObject::connect(&server, &QWebSocketServer::newConnection, [&] {
		while (QWebSocket *connection = server.nextPendingConnection())
			echo(connection);
	});
	if (!server.listen(QHostAddress(address[0]), address[1].toUShort()))
		qFatal("%s", qPrintable(server.errorString()));
	return application.exec();
}
