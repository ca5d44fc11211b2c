"""A 999 and a 277CA that answer one of our files, written by hand after the public samples."""

from __future__ import annotations


def ack_999(control: int, verdict: str = "A", error: str = "") -> bytes:
    return (
        "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*1234567893     *261124*1642*^*00501*000000001*0*T*:~"
        "GS*FA*CLEARINGHOUSE*1234567893*20261124*1642*1*X*005010X231A1~ST*999*0001*005010X231A1~"
        f"AK1*HC*{control}*005010X222A1~AK2*837*0001*005010X222A1~{error}IK5*{verdict}~AK9*{verdict}*1*1*{int(verdict == 'A')}~"
        f"SE*{6 + bool(error)}*0001~GE*1*1~IEA*1*000000001~"
    ).encode()


def ack_277(claim: str, category: str = "A2", action: str = "WQ") -> bytes:
    body = [
        "ST*277*0001*005010X214", "BHT*0085*08*1*20261124*1642*TH", "HL*1**20*1", "NM1*AY*2*CLEARING HOUSE*****46*CH1",
        "TRN*1*77", "DTP*050*D8*20261124", "DTP*009*D8*20261124", "HL*2*1*21*1", "NM1*41*2*JUNIPER*****46*JV1", "TRN*2*B1",
        "STC*A1:19:PR*20261124*WQ*305", "HL*3*2*19*1", "NM1*85*2*JUNIPER*****XX*1234567893", "HL*4*3*PT",
        "NM1*QC*1*SAMPLEFORD*MARIGOLD****MI*M000001", f"TRN*2*{claim}", f"STC*{category}:20*20261124*{action}*305",
        "REF*1K*PAYER77",
    ]  # fmt: skip
    text = "~".join([*body, f"SE*{len(body) + 1}*0001"])
    return (
        "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*1234567893     *261124*1642*^*00501*000000002*0*T*:~"
        f"GS*HN*CLEARINGHOUSE*1234567893*20261124*1642*2*X*005010X214~{text}~GE*1*2~IEA*1*000000002~"
    ).encode()
