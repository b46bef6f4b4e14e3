"""What the Hub knows: the values that it documents for the keys on top of a card."""

_PIPELINES = """
audio-classification audio-text-to-text audio-to-audio automatic-speech-recognition any-to-any biology
depth-estimation document-question-answering feature-extraction fill-mask graph-ml image-classification
image-feature-extraction image-segmentation image-text-to-image image-text-to-text image-text-to-video
image-to-3d image-to-image image-to-text image-to-video keypoint-detection mask-generation multiple-choice
object-detection other question-answering reinforcement-learning robotics sentence-similarity summarization
table-question-answering table-to-text tabular-classification tabular-regression tabular-to-text
text-classification text-generation text-ranking text-retrieval text-to-3d text-to-audio text-to-image
text-to-speech text-to-video text2text-generation time-series-forecasting token-classification translation
unconditional-image-generation video-classification video-text-to-text video-to-video
visual-document-retrieval visual-question-answering voice-activity-detection zero-shot-classification
zero-shot-image-classification zero-shot-object-detection
"""
_HARDWARE = """
cpu-basic cpu-upgrade zero-a10g t4-small t4-medium l4x1 l4x4 l40sx1 l40sx4 l40sx8 a10g-small a10g-large
a10g-largex2 a10g-largex4 a100-large a100x4 a100x8 rtx-pro-6000 rtx-pro-6000x2 rtx-pro-6000x4
rtx-pro-6000x8
"""
_LANGUAGES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee
el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is
it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms
mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si
sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh
yi yo za zh zu
"""
_KEYS = {
    "common": """
language language_bcp47 license license_link license_name license_details tags thumbnail datasets
extra_gated_prompt extra_gated_fields extra_gated_heading extra_gated_description
extra_gated_button_content
""",
    "model": """
base_model base_model_relation co2_eq_emissions eval_results inference instance_prompt library_name
mask_token metrics model-index model_name model_type new_version pipeline_tag quantized_by widget
""",
    "dataset": """
annotations_creators configs dataset_info dataset_summary language_creators multilinguality
paperswithcode_id pretty_name size_categories source_datasets task_categories task_ids
train-eval-index viewer
""",
    "space": """
app_build_command app_file app_port base_path colorFrom colorTo custom_headers disable_embedding emoji
fullWidth header hf_oauth hf_oauth_authorized_org hf_oauth_expiration_minutes hf_oauth_scopes models
pinned preload_from_hub python_version sdk sdk_version short_description startup_duration_timeout
suggested_hardware suggested_storage title
""",
}
_SIZES = """
n<1K 1K<n<10K 10K<n<100K 100K<n<1M 1M<n<10M 10M<n<100M 100M<n<1B 1B<n<10B 10B<n<100B 100B<n<1T n>1T
"""

PIPELINES = frozenset(_PIPELINES.split())
HARDWARE = frozenset(_HARDWARE.split())
LANGUAGES = frozenset(_LANGUAGES.split())  # of two letters
MEANT = {  # countries, and languages by their names
    **{"cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "ua": "uk", "vn": "vi"},
    **{"chinese": "zh", "english": "en", "french": "fr", "german": "de", "spanish": "es"},
}
KEYS = {kind: frozenset(words.split()) for kind, words in _KEYS.items()}
COLORS = frozenset({"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"})
RELATIONS = frozenset({"adapter", "merge", "quantized", "finetune"})
SDKS = frozenset({"gradio", "docker", "static"})
ANNOTATORS = frozenset(
    {"crowdsourced", "expert-generated", "found", "machine-generated", "no-annotation", "other"}
)
SIZES = frozenset(_SIZES.split())
