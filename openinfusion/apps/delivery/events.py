"""Events of shipments."""

from openinfusion.platform.events import declare

PLANNED = declare("shipment.planned", "Delivery {number} planned: {lines} lines")
LINE_PICKED = declare("shipment.line_picked", "Picked for delivery {number}: {label}, {code}")
READ = declare("shipment.temperature_read", "{readings} temperature readings of delivery {number}: {verdict}")
DECIDED = declare("shipment.temperature_decided", "Temperature of delivery {number}: pharmacist says {decision}")
declare("shipment.picked", "Delivery {number} picked")
declare("shipment.packed", "Delivery {number} packed")
declare("shipment.shipped", "Delivery {number} sent with {carrier}")
declare("shipment.delivered", "Delivery {number} handed to {received_by} ({relation})", step="delivered")
declare("shipment.delivery_failed", "Delivery {number} failed: {reason}")
declare("shipment.received", "Contents of delivery {number} confirmed: {received} of {lines} lines", step="delivered")
declare("shipment.returned", "Delivery {number} came back: {reason}")
declare("shipment.cancelled", "Delivery {number} cancelled: {reason}")
