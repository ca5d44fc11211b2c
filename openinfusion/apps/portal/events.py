"""Events of the portal. No event holds the text of a message."""

from openinfusion.platform.events import declare

MESSAGE_SENT = declare("message.sent", "Message from home")
URGENT_MESSAGE = declare("message.urgent", "Message from home with emergency words; the 911 text was shown")
MESSAGE_ANSWERED = declare("message.answered", "Answer sent to the home")
MESSAGES_READ = declare("message.read", "{count} messages read by the {reader}")
STOCK_COUNTED = declare("stock.counted_at_home", "Doses counted at home: {counted}; expected {expected}")
