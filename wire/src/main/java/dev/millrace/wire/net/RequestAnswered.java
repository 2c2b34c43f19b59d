package dev.millrace.wire.net;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One request, from its last byte to the handing over of its answer. Off unless a recording asks for it, and then free. */
@Name("millrace.wire.Request")
@Label("Kafka request")
@Description("From the last byte of the request to the answer's being given to the socket")
@Category({"Millrace", "Wire"})
@Enabled(false)
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // The recording reads the fields.
final class RequestAnswered extends Event {

    @Label("API")
    String api = "";

    @Label("Version")
    short apiVersion;

    @Label("Connection")
    long connectionId;

    @Label("Request size")
    @DataAmount
    long requestSizeBytes;

    @Label("Until the handler returned")
    @Timespan
    long handledNs;

    @Label("Until the handler's answer was there")
    @Timespan
    long answeredNs;
}
